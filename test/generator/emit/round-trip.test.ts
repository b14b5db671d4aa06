import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Contract } from "@sagaspec/runtime/codegen";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { corpus, documents, isThere } from "../../support/corpus.js";
import { temporaryProject } from "../../support/project.js";
import { root } from "../../support/root.js";
import { sagaspec } from "../cli/terminal.js";
import { type Exchange, exchanges } from "./exchange.js";

const project = temporaryProject();
afterAll(() => project[Symbol.dispose]());

/** Generates documents, and imports what they export. */
async function contractsOf(
  folder: string,
  files: readonly string[],
): Promise<Map<string, Contract<unknown, object>[]>> {
  const cwd = join(project.path, folder);
  mkdirSync(cwd);
  const paths = files.map((file, index) => [`d${index}`, relative(cwd, file)] as const);
  const config = { documents: Object.fromEntries(paths), handlers: false };
  writeFileSync(join(cwd, "sagaspec.config.json"), JSON.stringify(config));
  const { code, notes } = await sagaspec(cwd, "generate");
  if (code !== 0) throw new Error(notes);
  const contracts = new Map<string, Contract<unknown, object>[]>();
  for (const [index, file] of files.entries()) {
    const module = (await import(join(cwd, `generated/d${index}/index.ts`))) as Record<string, unknown>;
    contracts.set(file, Object.values(module).filter(isContract));
  }
  return contracts;
}

const isContract = (value: unknown): value is Contract<unknown, object> =>
  typeof value === "object" && value !== null && "$contract" in value;

/** Every message reached its own handler, once and whole; every answer came back as it was given. */
function expectDelivered(found: readonly Exchange[], file: string): void {
  for (const { operation, sent, received, answered, returned } of found) {
    expect(
      received.map((one) => one.operation),
      `${file} ${operation}`,
    ).toEqual([operation]);
    expect(received[0]?.payload, `${file} ${operation}`).toMatchObject(sent ?? {});
    // A correlation id may stand in the payload: then there is more in it than the handler gave.
    if (typeof answered === "object") expect(returned, `${file} ${operation}`).toMatchObject(answered ?? {});
    else expect(returned, `${file} ${operation}`).toEqual(answered);
  }
}

const real = (pattern: RegExp): readonly string[] =>
  documents.filter(({ file, verdict }) => verdict === "ok" && pattern.test(file)).map(({ file }) => join(corpus, file));

describe.each([
  [
    "own",
    "our own documents",
    ["accounting", "consumer", "order", "restaurant"].map((one) => join(root, `specs/${one}.yaml`)),
  ],
  ["replies", "real documents with replies", real(/adeo|kraken|torture/)],
  ["one-way", "the families without replies", real(/rpc-|gitter|slack|streetlights/)],
] as const)("%s", (folder, about, files) => {
  let contracts = new Map<string, Contract<unknown, object>[]>();
  beforeAll(async () => {
    contracts = await contractsOf(folder, files);
  }, 120_000);

  test.skipIf(!isThere && folder !== "own")(
    `${about} run both ways on the memory transport`,
    { timeout: 60_000 },
    async () => {
      const kinds = { request: 0, send: 0 };
      for (const [file, own] of contracts) {
        for (const contract of own) {
          const found = await exchanges(contract).catch((error) => {
            throw new Error(file, { cause: error });
          });
          expectDelivered(found, file);
          for (const one of found) kinds["returned" in one ? "request" : "send"]++;
        }
      }
      console.log(`${about}: ${files.length} documents, ${kinds.request} requests and ${kinds.send} one-way messages`);
      expect(kinds.request + kinds.send).toBeGreaterThan(0);
    },
  );
});
