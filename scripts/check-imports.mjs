// Checks `import-rules.mjs` with dependency-cruiser. Prints each violation as `file -> file  (rule)`; exits with 1.
import { cruise } from "dependency-cruiser";
import { doors, doorsForGenerator, exceptions, layers, siblings } from "../import-rules.mjs";

const sourceOf = (name) => name.replace(/^(runtime|generator)(?=$|\/)/, "$1/src");
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** A path pattern of a folder or file and all below it. */
const within = (name) => `^${literal(sourceOf(name))}(/|$)`;

/** Folders in the table that stand below this one, and so have a line of their own. */
const inner = (name) => Object.keys(layers).filter((other) => other.startsWith(`${name}/`));

/** A line of the table with what its folders may import in turn. */
function allowed(name, reached = new Set()) {
  for (const one of layers[name] ?? []) {
    if (reached.has(one)) continue;
    reached.add(one);
    allowed(one, reached);
  }
  return reached;
}

const across = (name) => (name.startsWith("generator/") ? doorsForGenerator : []);

const layerRules = Object.entries(layers)
  .filter(([, may]) => !may.includes("*"))
  .map(([name, may]) => ({
    name,
    comment: `may import ${may.length === 0 ? "nothing else" : `${may.join(", ")} and what they may`}`,
    severity: "error",
    from: { path: within(name), pathNot: inner(name).map(within) },
    to: { path: "^(runtime|generator)/src/", pathNot: [name, ...allowed(name), ...across(name)].map(within) },
  }));

const siblingRules = siblings.map(({ in: folder, shared }) => ({
  name: `${folder} apart`,
  comment: "folders that know nothing of each other",
  severity: "error",
  from: { path: `${within(folder).replace("(/|$)", "")}/([^/]+)/` },
  to: {
    path: within(folder),
    pathNot: [`${within(folder).replace("(/|$)", "")}/($1${shared.map((one) => `|${one}`).join("")})/`],
  },
}));

const doorRules = Object.entries(doors).map(([library, door]) => ({
  name: `door of ${library}`,
  comment: `imported by ${door} alone`,
  severity: "error",
  from: { path: "^(runtime|generator)/src/", pathNot: within(door) },
  to: { path: `(^|/)node_modules/${literal(library)}(/|$)` },
}));

const ruleSet = {
  forbidden: [
    { name: "no cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "a door for each library",
      severity: "error",
      from: { path: "^(runtime|generator)/src/" },
      to: {
        path: "(^|/)node_modules/",
        pathNot: Object.keys(doors).map((library) => `(^|/)node_modules/${literal(library)}(/|$)`),
      },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...layerRules,
    ...siblingRules,
    ...doorRules,
  ],
};

const { output } = await cruise(
  ["runtime/src", "generator/src"],
  {
    ruleSet,
    validate: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/assets/" },
    tsPreCompilationDeps: true,
    outputType: "json",
  },
  { conditionNames: ["@sagaspec/source", "import", "types", "node"], exportsFields: ["exports"] },
);
const { summary } = JSON.parse(output);

/** The line of the table that a file stands under. */
const layerOf = (file) => {
  const path = file.replace("/src/", "/");
  const lines = Object.keys(layers).filter((name) => path === name || path.startsWith(`${name}/`));
  return lines.sort((a, b) => b.length - a.length)[0] ?? path;
};
const libraryOf = (file) => /(?:.*\/|^)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];

const open = new Set(exceptions);
const found = new Set();
const comments = new Map(ruleSet.forbidden.flatMap(({ name, comment }) => (comment ? [[name, comment]] : [])));
const wrong = [];
for (const { rule, from, to, cycle = [] } of summary.violations) {
  const isCycle = cycle.length > 0;
  const path = [from, ...(isCycle ? cycle.map(({ name }) => name) : [to])].join(" -> ");
  const key = isCycle ? `cycle in ${layerOf(from)}` : `${layerOf(from)} -> ${libraryOf(to) ?? layerOf(to)}`;
  found.add(key);
  if (!open.has(key))
    wrong.push(`${path}  (${rule.name}${comments.has(rule.name) ? `: ${comments.get(rule.name)}` : ""})`);
}
for (const one of open) {
  if (!found.has(one)) wrong.push(`${one}  (no longer needed: take it from the exceptions of import-rules.mjs)`);
}
for (const one of wrong) console.error(one);
if (wrong.length > 0) {
  console.error(`${wrong.length} against import-rules.mjs`);
  process.exit(1);
}
