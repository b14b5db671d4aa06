// Finds services, operations, messages, fields and sagas by what the site was built from; nothing is asked of a server.
const root = document.documentElement.dataset.root ?? "";

/** Loads the index when it is first needed. Scripts, because a page from the file system may not fetch. */
let loading;
function loadIndex() {
  loading ??= Promise.all([load("minisearch.js"), load("search-index.js")]).then(() =>
    prepare(globalThis.sagaspecSearch),
  );
  return loading;
}

function load(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}assets/${name}`;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("The search could not be loaded.")));
    document.head.append(script);
  });
}

/** `createTicket` and `order-id` are found by their words as well as whole. */
function tokenize(text) {
  const whole = text.toLowerCase().split(/[\s,;:()[\]{}"'<>=]+/u);
  const parts = text
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return [...new Set([...whole, ...parts])].filter(Boolean);
}

function prepare({ kinds, entries }) {
  const all = entries.map(([kind, name, of, to, words, template], id) => ({
    id,
    kind: kinds[kind],
    order: kind,
    name,
    of,
    to,
    words,
    // A concrete address finds the channel whose template it fits.
    fits:
      template &&
      new RegExp(`^${template.replace(/[.*+?^$()|[\]\\/]/g, "\\$&").replace(/\{[^{}]*\}/g, "[^{}]+")}$`, "i"),
  }));
  const index = new globalThis.MiniSearch({
    fields: ["name", "of", "words"],
    tokenize,
    processTerm: (term) => term,
    searchOptions: {
      boost: { name: 6, words: 1.5 },
      combineWith: "AND",
      prefix: true,
      fuzzy: (term) => (term.length < 4 ? false : 0.2),
      weights: { prefix: 0.6, fuzzy: 0.2 },
      tokenize: (query) => query.toLowerCase().split(/\s+/).filter(Boolean),
    },
  });
  index.addAll(all);
  return { all, index };
}

const MOST = 30;

/** The best finds first: whole names, then beginnings, then words of names, then what is near. Every word must be found. */
function find({ all, index }, query) {
  const low = query.toLowerCase();
  const found = index.search(query, {
    boostDocument: (id) => (all[id].name.toLowerCase() === low ? 4 : 1) * (1.3 - 0.1 * all[id].order),
  });
  const addressed = /[./]/.test(query) ? all.filter(({ fits }) => fits?.test(query)) : [];
  const ranked = [...addressed, ...found.map(({ id }) => all[id])];
  return { total: new Set(ranked).size, finds: [...new Set(ranked)].slice(0, MOST) };
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
    status.textContent = "";
    status.classList.remove("visible");
    active = -1;
  };

  const show = ({ total, finds }, query) => {
    list.replaceChildren(...finds.map(option));
    list.hidden = finds.length === 0;
    input.setAttribute("aria-expanded", String(finds.length > 0));
    if (total === 0) tell(`Nothing found for “${query}”. Try a name, a field, an address or a value.`, true);
    else tell(total > finds.length ? `The best ${finds.length} of ${total}` : `${total} found`, false);
    select(finds.length > 0 ? 0 : -1);
  };

  /** A count is for screen readers, who do not see the list; that there is nothing is for all. */
  const tell = (text, visibly) => {
    status.textContent = text;
    status.classList.toggle("visible", visibly);
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
      if (query === input.value.trim()) show(find(index, query), query);
    } catch (error) {
      tell(error.message, true);
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
