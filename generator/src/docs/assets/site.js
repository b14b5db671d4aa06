// Everything here is an addition: the pages say it all without script.
function setUpTheme() {
  const button = document.querySelector(".theme");
  if (!button) return;
  button.hidden = false;
  const dark = () => {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    const theme = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    try {
      localStorage.setItem("sagaspec-theme", theme);
    } catch {
      // Holds for this page then.
    }
  });
}

function setUpCopying() {
  if (!navigator.clipboard) return;
  for (const figure of document.querySelectorAll("figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${figure.querySelector("figcaption")?.textContent ?? "code"}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(figure.querySelector("code")?.textContent ?? "");
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => {
        button.textContent = "Copy";
      }, 1500);
    });
    figure.append(button);
  }
}

/** On a phone the contents start closed; on paper everything is open. */
function setUpFolding() {
  const sidebar = document.querySelector(".sidebar");
  const narrow = matchMedia("(max-width: 56rem)");
  const fold = () => {
    if (sidebar) sidebar.open = !narrow.matches;
  };
  fold();
  narrow.addEventListener("change", fold);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("main details")) details.open = true;
  });
}

setUpTheme();
setUpCopying();
setUpFolding();
