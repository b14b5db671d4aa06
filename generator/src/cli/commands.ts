import type { Command } from "./command.js";

/** Every command: what it does in a few words, and its file, loaded when it is asked for. */
export const commands: {
  readonly [name: string]: readonly [about: string, load: () => Promise<{ command: Command }>];
} = {
  init: ["write a configuration and a first document", () => import("./init.js")],
  generate: ["write types, schemas, contracts and handler stubs", () => import("./generate.js")],
  validate: ["check documents", () => import("./validate.js")],
  diff: ["tell what breaks between two versions of a document", () => import("./diff.js")],
  bundle: ["make one document of a document and the files it refers to", () => import("./bundle.js")],
  docs: ["make a site of the documents and the sagas, or show it", () => import("./docs.js")],
  call: ["send one message to a service, and show its answer", () => import("./call.js")],
  listen: ["show what a service tells others", () => import("./listen.js")],
  store: ["make or upgrade the tables of a PostgreSQL store", () => import("./store.js")],
  saga: ["look at sagas, start them, and act on them", () => import("./saga.js")],
  completion: ["print what makes a shell complete commands, options and files", () => import("./completion.js")],
  explain: ["tell where a generated name comes from", () => import("./explain.js")],
};
