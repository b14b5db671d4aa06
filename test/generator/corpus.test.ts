import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Contract } from "../../generator/src/contract.js";
import { type ReadDocument, readContracts } from "../../generator/src/read-contracts.js";

const corpus = process.env.ASYNCAPI_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const manifest = join(corpus, "MANIFEST.tsv");
const isThere = existsSync(manifest);
if (!isThere) console.warn(`skipped: no documents at ${dirname(manifest)} (set ASYNCAPI_CORPUS)`);

interface Row {
  readonly file: string;
  readonly version: string;
  readonly verdict: string;
  readonly group: string;
}

const rows: Row[] = isThere
  ? readFileSync(manifest, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"))
      .map((cells) => ({
        file: cells[0] ?? "",
        version: cells[4] ?? "",
        verdict: cells[6] ?? "",
        group: cells[16] ?? "",
      }))
  : [];

async function read(row: Row, rules = false, lenient = false): Promise<ReadDocument> {
  const options = { cwd: corpus, lenient, rulesFound: () => (rules ? undefined : []) };
  const { documents } = await readContracts([{ path: row.file, service: "service" }], options);
  const [document] = documents;
  if (!document) throw new Error("no document");
  return document;
}

function errors(document: ReadDocument): string[] {
  return document.diagnostics
    .filter((one) => one.severity === "error")
    .map((one) => `${one.file}:${one.line}:${one.column} [${one.code}] ${one.message}`);
}

/** What code is made of: the same for a document and its conversion. */
function essence(contract: Contract | undefined): unknown {
  return {
    operations: contract?.operations.map((one) => [one.action, one.name, one.messages, one.reply]),
    messages: contract?.messages
      .map((one) => [one.constName, one.name, one.payload, one.headers, one.contentType])
      .sort(),
    channels: contract?.channels.map((one) => [one.constName, one.address, one.parametersType]),
    types: contract?.types.map((one) => [one.name, one.schema]).sort(([a], [b]) => String(a).localeCompare(String(b))),
  };
}

describe.skipIf(!isThere)("real documents", () => {
  test("what the official parser accepts becomes a contract whose names all mean something", {
    timeout: 300_000,
  }, async () => {
    const accepted = rows.filter((row) => row.verdict === "ok");
    const failed: unknown[] = [];
    for (const row of accepted) {
      const document = await read(row);
      const { contract } = document;
      const names = contract?.types.map((type) => type.name) ?? [];
      const text = readFileSync(join(corpus, row.file), "utf8");
      const anonymous = names.filter((name) => /anonymous/i.test(name) && !/anonymous/i.test(text));
      const isFine = contract && errors(document).length === 0 && new Set(names).size === names.length;
      if (!isFine || anonymous.length > 0) failed.push([row.file, errors(document), anonymous]);
    }
    console.log(`${accepted.length - failed.length} of ${accepted.length} accepted documents read`);
    expect(failed).toEqual([]);
  });

  test("what it refuses is a list of places, and most of it can be read leniently", { timeout: 300_000 }, async () => {
    const refused = rows.filter((row) => row.verdict === "error");
    const unplaced: unknown[] = [];
    let silent = 0;
    let lenient = 0;
    for (const row of refused) {
      const document = await read(row, true);
      if (errors(document).length === 0) silent++;
      unplaced.push(...document.diagnostics.filter((one) => one.line === undefined || !one.hint));
      const { diagnostics } = document;
      // What --lenient leaves as errors is what our own reading finds.
      if (errors(await read(row)).length === 0 && diagnostics.length > 0) lenient++;
    }
    console.log(
      `${refused.length - silent} of ${refused.length} refused with places, ${lenient} readable with lenient`,
    );
    expect(unplaced).toEqual([]);
    // The official parser falls over one of them itself, and looks for a file of the other in the wrong folder.
    expect(silent).toBeLessThanOrEqual(2);
    expect(lenient / refused.length).toBeGreaterThan(0.8);
  });

  test("a 2.x document and its conversion to 3.0 make the same code", { timeout: 120_000 }, async () => {
    const derived = rows.filter((row) => row.file.startsWith("derived-v3/"));
    for (const row of derived) {
      const stem = row.file.replace("derived-v3/", "").replace(/-to-v3\.0\.0.*/, "");
      const candidates = rows.filter(
        (one) => one.group === row.group && one.version.startsWith("2") && one.verdict === "ok",
      );
      const original = candidates.find((one) => one.file.includes(stem)) ?? candidates[0];
      if (!original) throw new Error(`no original of ${row.file}`);
      expect(essence((await read(row)).contract), row.file).toEqual(essence((await read(original)).contract));
    }
    console.log(`${derived.length} pairs make the same code`);
  });
});
