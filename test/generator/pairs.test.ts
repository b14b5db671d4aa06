import { describe, expect, test } from "vitest";
import type { GeneratedFile } from "../../generator/src/config/config.js";
import { newStubFile } from "../../generator/src/emit/handlers/handler-stub.js";
import { handlersOf, services } from "../../generator/src/emit/service-files.js";
import { readContracts } from "../../generator/src/pipeline/read-contracts.js";
import { emitOptions } from "./emit/contracts.js";
import { corpus, documents, isThere, type RealDocument } from "./output/corpus.js";

/** All in which the files of a 2.x document and of its conversion to 3.0 may differ: where, and why. */
const differences = [
  {
    line: /^\/\/ .* Generated from \S+ by sagaspec; do not edit\.$/,
    part: / from \S+ by /,
    why: "the first line names the document that the file was generated from",
  },
  {
    line: /^ *(\/\*\*| \*) @see `\S*#.*`( \*\/)?$/,
    part: /`.*`/,
    why: "a comment says where in the document a declaration comes from: operations, messages and channels stand elsewhere in 3.0",
  },
] as const;

type Difference = (typeof differences)[number];

interface Line {
  readonly place: string;
  readonly text: string;
}

async function linesOf(document: RealDocument): Promise<readonly Line[]> {
  const inputs = [{ path: document.file, service: "service" }];
  const { contracts } = await readContracts(inputs, { cwd: corpus, rulesFound: () => [] });
  const [contract] = contracts;
  if (!contract) throw new Error(`${document.file} makes no contract`);
  const options = emitOptions();
  const { handlers } = handlersOf(contract, options);
  const files: readonly GeneratedFile[] = [
    ...(await services.emit(contracts, options)),
    ...(handlers ? [{ path: "handlers.ts", content: newStubFile(handlers.type, "./index.js", handlers.stubs) }] : []),
  ];
  return files.flatMap(({ path, content }) =>
    content.split("\n").map((text, index) => ({ place: `${path}:${index + 1}`, text })),
  );
}

function originalOf(derived: RealDocument): RealDocument {
  const stem = derived.file.replace("derived-v3/", "").replace(/-to-v3\.0\.0.*/, "");
  const candidates = documents.filter(
    (one) => one.group === derived.group && one.version.startsWith("2") && one.verdict === "ok",
  );
  const original = candidates.find((one) => one.file.includes(stem)) ?? candidates[0];
  if (!original) throw new Error(`no original of ${derived.file}`);
  return original;
}

/** What it is called where two lines differ in nothing else. */
const listed = (one: string, other: string): Difference | undefined =>
  differences.find(
    ({ line, part }) => line.test(one) && line.test(other) && one.replace(part, "") === other.replace(part, ""),
  );

describe.skipIf(!isThere)("a 2.x document and its conversion to 3.0", () => {
  test("make the same types, clients and handlers, but for the listed differences", { timeout: 120_000 }, async () => {
    const pairs = documents.filter((one) => one.file.startsWith("derived-v3/"));
    const unlisted: unknown[] = [];
    const found = new Map<Difference, number>();
    for (const converted of pairs) {
      const [before, after] = [await linesOf(originalOf(converted)), await linesOf(converted)];
      for (let at = 0; at < Math.max(before.length, after.length); at++) {
        const [old, now] = [before[at], after[at]];
        if (old?.text === now?.text && old?.place === now?.place) continue;
        const difference = old?.place === now?.place ? listed(old?.text ?? "", now?.text ?? "") : undefined;
        if (difference) found.set(difference, (found.get(difference) ?? 0) + 1);
        else {
          unlisted.push([converted.file, old, now]);
          break;
        }
      }
    }
    for (const [{ why }, lines] of found) console.log(`${lines} lines: ${why}`);
    console.log(`${pairs.length - unlisted.length} of ${pairs.length} pairs make the same files`);
    expect(unlisted).toEqual([]);
    expect(differences.filter((one) => !found.has(one))).toEqual([]);
  });
});
