import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Schema } from "@sagaspec/runtime/codegen";
import { fake } from "@sagaspec/runtime/testing";
import { expect, it } from "vitest";
import type { Contract, Message } from "../../../generator/src/contract/contract.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { validatorFor } from "../../../runtime/src/contract/schema.js";
import { corpus, documents, isThere } from "../../support/corpus.js";
import { mutations } from "./differential/mutations.js";
import { ajvCheck, at, channelMessages, member, resolved, schemaOf } from "./differential/official.js";
import { printedSchemas } from "./differential/ours.js";

/** Documents or places where Ajv and the specification part, each with the reason. */
const exceptions: readonly (readonly [place: RegExp, reason: string])[] = [
  [/springwolf-core-application-asyncapi\.openapiv3-/, "`nullable: true` is OpenAPI's, and means nothing to Ajv"],
  [
    /springwolf-core\S* io\.github\.springwolf/,
    "the schema is the whole payload for Ajv; it stands in `schema` without a format",
  ],
  [/fluentd-forward-protocol/, "`prefixItems` is of a later draft, and means nothing to Ajv's reading of draft-07"],
  [/spec-websocket-gemini\S* marketData/, "Ajv divides binary fractions: for it 160.36 is no multiple of 0.01"],
];

const mutationsOfEach = 24;

/** A schema that both have, and values to try. */
interface Trial {
  readonly place: string;
  readonly official: unknown;
  readonly ours: Schema<unknown>;
  readonly values: readonly unknown[];
}

it.skipIf(!isThere)(
  "compiled schemas and Ajv agree on every example, on its mutations and on fakes",
  { timeout: 600_000 },
  async () => {
    const paths = documents.filter(({ verdict }) => verdict === "ok").map(({ file }) => file);
    const disagreements: string[] = [];
    const count = { documents: 0, schemas: 0, examples: 0, values: 0, uncompiled: 0 };
    for (const path of paths) {
      const { contracts } = await readContracts([{ path }], { cwd: corpus, lenient: true, rulesFound: () => [] });
      const [contract] = contracts;
      const file = join(corpus, path);
      const root = contract && (await resolved(readFileSync(file, "utf8"), file));
      if (!contract || !root) continue;
      count.documents += 1;
      for (const trial of trialsOf(contract, root)) {
        const check = ajvCheck(trial.official, root);
        if (!check) {
          count.uncompiled += 1;
          continue;
        }
        count.schemas += 1;
        count.examples += trial.values.length;
        const compiled = validatorFor(trial.ours);
        const values = [...trial.values, ...fakes(trial.ours)];
        for (const value of values.flatMap((one, seed) => [one, ...mutations(one, mutationsOfEach, seed)])) {
          count.values += 1;
          const theirs = check(value);
          if (theirs === undefined) continue;
          const own = compiled.check(value);
          const place = `${path} ${trial.place}`;
          if (theirs === own || exceptions.some(([pattern]) => pattern.test(place))) continue;
          disagreements.push(`${place}: Ajv ${theirs}, ours ${own}: ${JSON.stringify(value)?.slice(0, 1500)}`);
          break;
        }
      }
    }
    console.info(JSON.stringify(count));
    expect(disagreements).toEqual([]);
    expect(count.uncompiled).toBe(0);
    expect(count.examples).toBeGreaterThan(100);
  },
);

function trialsOf(contract: Contract, root: { readonly [key: string]: unknown }): readonly Trial[] {
  const printed = printedSchemas(contract);
  const originals = originalMessages(contract, root);
  const trials: Trial[] = [];
  for (const message of contract.messages) {
    const original = originals.get(message.key);
    for (const part of ["payload", "headers"] as const) {
      const node = message[part];
      const official = schemaOf(original, part);
      if (node === undefined || official === undefined) continue;
      const values = message.examples.flatMap((example) => (part in example ? [example[part]] : []));
      const ours = printed.part(node);
      trials.push({ place: `${message.key} ${part}`, official, ours, values }, ...inner(official, ours, message.key));
    }
  }
  for (const { name, origin, module } of contract.types) {
    if (module !== undefined || origin.file !== contract.origin.file) continue;
    const official = at(root, origin.pointer);
    const ours = printed.type(name);
    const examples = member(official, "examples");
    if (official === undefined || !ours || !Array.isArray(examples)) continue;
    trials.push({ place: `type ${name}`, official, ours, values: examples });
  }
  return trials;
}

/** Parts of a schema that have examples of their own, where both sides have the part. */
function* inner(official: unknown, ours: Schema<unknown>, place: string, depth = 0): Generator<Trial> {
  const isWhole = !("$ref" in ours) && !JSON.stringify(ours).includes('"$ref"');
  const examples = member(official, "examples");
  if (depth > 0 && isWhole && Array.isArray(examples)) yield { place, official, ours, values: examples };
  if (depth > 12) return;
  for (const [name, part] of Object.entries((member(official, "properties") ?? {}) as object)) {
    const own = member(ours.properties, name);
    if (typeof own === "object" && own !== null)
      yield* inner(part, own as Schema<unknown>, `${place}.${name}`, depth + 1);
  }
  const items = member(official, "items");
  if (typeof ours.items === "object" && ours.items !== null && items !== undefined && !Array.isArray(items)) {
    yield* inner(items, ours.items as Schema<unknown>, `${place}[]`, depth + 1);
  }
}

/** The messages in the official tree: by their pointer, or where another file has them, by their place in a channel. */
function originalMessages(contract: Contract, root: { readonly [key: string]: unknown }): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { key, messages } of contract.channels) {
    const originals = [...new Set(channelMessages(root, key))];
    if (originals.length !== messages.length) continue;
    for (const [index, message] of messages.entries()) found.set(message, originals[index]);
  }
  const isOwn = ({ origin }: Message): boolean => origin.file === contract.origin.file;
  for (const message of contract.messages.filter(isOwn)) {
    found.set(message.key, at(root, message.origin.pointer) ?? found.get(message.key));
  }
  return found;
}

/** A few valid values; none where the schema accepts nothing. */
function fakes(schema: Schema<unknown>): readonly unknown[] {
  try {
    return [1, 2, 3].map((seed) => fake(schema, { seed }));
  } catch {
    return [];
  }
}
