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

/** On a small screen a wide drawing opens where it begins, not at its left edge. */
function setUpDrawings() {
  for (const drawing of document.querySelectorAll(".drawing")) {
    const start = drawing.querySelector(".terminal, .node");
    if (!start || drawing.scrollWidth <= drawing.clientWidth) continue;
    const { left, width } = start.getBoundingClientRect();
    const middle = left + width / 2 - drawing.getBoundingClientRect().left;
    drawing.scrollLeft += middle - drawing.clientWidth / 2;
  }
}

/** In the contents, what is being read is marked: the last section that has begun above the middle of the window. */
function setUpPlace() {
  const links = new Map();
  for (const link of document.querySelectorAll(".sidebar .section a[href*='#']")) {
    const [path, id] = link.getAttribute("href").split("#");
    const section = path === "" && document.getElementById(decodeURIComponent(id));
    if (section) links.set(section, link);
  }
  if (links.size === 0) return;
  let marked;
  const mark = () => {
    let place;
    for (const section of links.keys()) if (section.getBoundingClientRect().top < innerHeight / 2) place = section;
    const last = [...links.keys()].at(-1);
    if (place === last && last.getBoundingClientRect().bottom < 0) place = undefined;
    const link = links.get(place);
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    // Not `scrollIntoView`, which would move the page as well.
    const nav = link?.closest("nav");
    if (nav && getComputedStyle(nav).position === "sticky") {
      const { top, bottom } = link.getBoundingClientRect();
      const box = nav.getBoundingClientRect();
      if (top < box.top || bottom > box.bottom) nav.scrollTop += top - box.top - box.height / 2;
    }
    marked = link;
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  later();
}

setUpTheme();
setUpCopying();
setUpFolding();
setUpDrawings();
setUpPlace();
