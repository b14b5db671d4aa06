// Only in `docs serve`: shows the page again when a document has changed.
(() => {
  const source = new EventSource("/@changes");
  source.addEventListener("change", () => location.reload());
  addEventListener("pagehide", () => source.close());
})();
