// Only in `docs serve`: shows the page again when something has changed, and says when that was not possible.
(() => {
  const source = new EventSource("/@changes");
  source.addEventListener("change", () => location.reload());
  source.addEventListener("problem", ({ data }) => {
    const banner = document.querySelector(".problem") ?? document.createElement("aside");
    banner.className = "problem";
    banner.setAttribute("role", "alert");
    const title = document.createElement("strong");
    title.textContent = "This page is older than its sources, which have an error:";
    const text = document.createElement("pre");
    text.textContent = JSON.parse(data);
    banner.replaceChildren(title, text);
    document.body.prepend(banner);
  });
  addEventListener("pagehide", () => source.close());
})();
