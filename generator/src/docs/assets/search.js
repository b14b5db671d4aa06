// Finds services, operations, messages, fields and sagas by what the site was built from; nothing is asked of a server.
const root = document.documentElement.dataset.root ?? "";

/** Loads the index when it is first needed. A script, because a page from the file system may not fetch. */
let loading;
function loadIndex() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}assets/search-index.js`;
    script.addEventListener("load", () => resolve(prepare(globalThis.sagaspecSearch)));
    script.addEventListener("error", () => reject(new Error("the search index could not be loaded")));
    document.head.append(script);
  });
  return loading;
}

function prepare({ kinds, entries }) {
  return entries.map(([kind, name, of, to, words]) => ({
    kind: kinds[kind],
    name,
    of,
    to,
    low: name.toLowerCase(),
    // `createTicket` is also found by its words.
    parts: name
      .replace(/([a-z\d])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u),
    rest: `${of} ${words}`.toLowerCase(),
    order: kind,
  }));
}

/** The best finds first: whole names, then beginnings, then words of names, then anything. Every word must be found. */
function find(index, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const finds = [];
  for (const entry of index) {
    let score = 0;
    for (const word of words) {
      const one = scoreOf(entry, word);
      if (one === 0) {
        score = 0;
        break;
      }
      score += one;
    }
    if (score > 0) finds.push({ entry, score });
  }
  finds.sort((a, b) => b.score - a.score || a.entry.order - b.entry.order || a.entry.low.length - b.entry.low.length);
  return finds.slice(0, 30).map(({ entry }) => entry);
}

function scoreOf({ low, parts, rest }, word) {
  if (low === word) return 8;
  if (low.startsWith(word)) return 6;
  if (parts.some((part) => part.startsWith(word))) return 5;
  if (low.includes(word)) return 4;
  return rest.includes(word) ? 1 : 0;
}

function setUpSearch() {
  const search = document.querySelector(".search");
  const input = document.querySelector("#site-search");
  const list = document.querySelector("#search-results");
  const status = document.querySelector("#search-status");
  if (!search || !input || !list || !status) return;
  search.hidden = false;
  let active = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };

  const show = (finds) => {
    list.replaceChildren(...finds.map(option));
    list.hidden = finds.length === 0;
    input.setAttribute("aria-expanded", String(finds.length > 0));
    status.textContent = finds.length === 0 ? "Nothing found" : `${finds.length} found`;
    select(finds.length > 0 ? 0 : -1);
  };

  const select = (index) => {
    const options = list.children;
    active = options.length === 0 ? -1 : (index + options.length) % options.length;
    for (const [at, one] of [...options].entries()) one.setAttribute("aria-selected", String(at === active));
    const chosen = options[active];
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };

  input.addEventListener("focus", () => loadIndex().catch(() => {}));
  input.addEventListener("input", async () => {
    const query = input.value.trim();
    if (query === "") return close();
    try {
      const index = await loadIndex();
      if (query === input.value.trim()) show(find(index, query));
    } catch (error) {
      status.textContent = error.message;
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") list.children[active]?.click();
  });
  document.addEventListener("click", (event) => {
    if (!search.contains(event.target)) close();
    // A find on this very page changes only the fragment.
    else if (event.target.closest("[role=option]")) setTimeout(close);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
}

function option(entry, index) {
  const link = document.createElement("a");
  link.href =
    root +
    entry.to
      .split("#")
      .map((part, at) => (at === 0 ? part.split("/").map(encodeURIComponent).join("/") : part))
      .join("#");
  link.className = "find";
  link.id = `find-${index}`;
  link.setAttribute("role", "option");
  link.tabIndex = -1;
  link.append(part("kind", entry.kind), part("what", entry.name), part("of", entry.of));
  return link;
}

function part(className, text) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

setUpSearch();
