/**
 * Which folder may import which, and which file is the door of which library. `npm run lint` checks it
 * (`scripts/check-imports.mjs`); a test compares it with the table in ARCHITECTURE.md.
 *
 * A folder may import itself, what is named here, and what that may import in turn. Type imports count. Cycles between
 * files are never allowed.
 */

/** A folder or file of `src`, by package, and what it may import. `*` is all of its package. */
export const layers = {
  "generator/contract": [],
  "generator/load": ["generator/contract"],
  "generator/transform": ["generator/load"],
  "generator/rules": ["generator/contract"],
  "generator/config": ["generator/contract"],
  "generator/emit": ["generator/config"],
  "generator/pipeline": ["generator/transform", "generator/rules", "generator/emit"],
  "generator/diff": ["generator/load"],
  "generator/bundle": ["generator/load"],
  // Examples of messages are made by `fake`.
  "generator/docs": [
    "generator/pipeline",
    "generator/diff",
    "generator/bundle",
    "runtime/codegen.ts",
    "runtime/testing",
  ],
  "generator/operate": ["generator/pipeline"],
  "generator/cli": ["*"],
  "generator/index.ts": ["*"],

  "runtime/core": [],
  // `codegen.ts` is the public door of this folder.
  "runtime/contract": ["runtime/core", "runtime/codegen.ts"],
  "runtime/wire": ["runtime/contract"],
  "runtime/messaging": ["runtime/wire"],
  "runtime/client": ["runtime/messaging"],
  "runtime/server": ["runtime/messaging"],
  "runtime/saga/store": ["runtime/messaging"],
  "runtime/saga/define": ["runtime/saga/store"],
  "runtime/saga/decide": ["runtime/saga/define"],
  "runtime/saga/lifecycle": ["runtime/saga/store"],
  "runtime/saga/run": ["runtime/saga/decide", "runtime/saga/lifecycle", "runtime/client", "runtime/server"],
  "runtime/transports": ["runtime/messaging"],
  "runtime/stores": ["runtime/saga/store"],
  "runtime/admin": ["runtime/saga/run"],
  "runtime/testing": ["*"],
  "runtime/codegen.ts": ["runtime/contract"],
  "runtime/schema.ts": ["runtime/contract"],
  "runtime/memory.ts": ["runtime/transports", "runtime/stores"],
  "runtime/store.ts": ["runtime/saga/store"],
  "runtime/index.ts": ["*"],
};

/** Doors of the runtime that the generator may use: what both must read alike. */
export const doorsForGenerator = ["runtime/schema.ts", "runtime/codegen.ts", "runtime/testing"];

/** Folders below one of the above that know nothing of each other: a transport imports no other transport. */
export const siblings = [
  { in: "runtime/transports", shared: [] },
  { in: "runtime/stores", shared: ["sql"] },
];

/** The one file, or folder, that imports a library. A library that is missing here is imported nowhere. */
export const doors = {
  "@asyncapi/modelina": "generator/emit/modelina.ts",
  "@asyncapi/parser": "generator/load/official",
  "@asyncapi/avro-schema-parser": "generator/load/official",
  "@asyncapi/openapi-schema-parser": "generator/load/official",
  "@asyncapi/protobuf-schema-parser": "generator/load/official",
  "@asyncapi/raml-dt-schema-parser": "generator/load/official",
  "@dagrejs/dagre": "generator/docs/diagrams",
  "@sagaspec/runtime": "generator",
  ajv: "generator/emit/examples.ts",
  "ajv-formats": "generator/emit/examples.ts",
  chokidar: "generator/cli/watch.ts",
  "highlight.js": "generator/docs/highlight.ts",
  jiti: "generator/config",
  "markdown-it": "generator/docs/markdown.ts",
  picocolors: "generator/cli/report",
  tinyglobby: "generator/config",
  "ts-morph": "generator/pipeline",
  yaml: "generator/load/yaml",
  typebox: "runtime/contract/schema.ts",
};

/**
 * What is against the rules today: `folder -> folder`, `folder -> library`, or `cycle in folder`. Each is to go; one that
 * has gone is an error until its line goes too.
 */
export const exceptions = [
  "cycle in generator/cli",
  "cycle in generator/contract",
  "cycle in generator/diff",
  "cycle in generator/pipeline",
  "cycle in runtime/saga/define",
  "cycle in runtime/saga/store",
  "cycle in runtime/testing",
  "cycle in runtime/transports",
  "generator/bundle -> yaml",
  "generator/cli -> tinyglobby",
  "generator/contract -> generator/load",
  "generator/diff -> picocolors",
  "generator/docs -> tinyglobby",
  "generator/emit -> generator/pipeline",
  "generator/emit -> generator/rules",
  "generator/emit -> generator/transform",
  "generator/operate -> generator/cli",
  "generator/operate -> picocolors",
  "generator/rules -> generator/load",
];
