import type { Command } from "./command.js";

/** Every command: what it does in a few words, and its file, loaded when it is asked for. */
export const commands: {
  readonly [name: string]: readonly [about: string, load: () => Promise<{ command: Command }>];
} = {
  init: ["write a configuration and a first document, or a whole example", () => import("./commands/init.js")],
  generate: ["write types, schemas, contracts and handler stubs", () => import("./commands/generate.js")],
  validate: ["check documents", () => import("./commands/validate.js")],
  diff: ["tell what breaks between two versions of a document", () => import("./commands/diff.js")],
  bundle: ["make one document of a document and the files it refers to", () => import("./commands/bundle.js")],
  docs: ["make a site of the documents and the sagas, or show it", () => import("./commands/docs.js")],
  call: ["send one message to a service, and show its answer", () => import("./commands/call.js")],
  listen: ["show what a service tells others", () => import("./commands/listen.js")],
  store: ["make or upgrade the tables of a PostgreSQL store", () => import("./commands/store.js")],
  saga: ["look at sagas, start them, and act on them", () => import("./commands/saga.js")],
  completion: [
    "print what makes a shell complete commands, options and files",
    () => import("./commands/completion.js"),
  ],
  explain: [
    "tell where a generated name comes from, or what a diagnostic means",
    () => import("./commands/explain.js"),
  ],
};
