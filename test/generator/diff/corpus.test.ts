import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { diffContracts } from "../../../generator/src/diff/contracts.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { corpus } from "../../support/corpus.js";

const manifest = join(corpus, "MANIFEST.tsv");

it.skipIf(!existsSync(manifest))(
  `finds no change between a document and itself (documents of ${corpus})`,
  { timeout: 300_000 },
  async () => {
    const rows = readFileSync(manifest, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
    const documents = rows.filter((row) => row[6] === "ok").flatMap(([file]) => file ?? []);
    const loud: string[] = [];
    for (const path of documents) {
      const read = () => readContracts([{ path }], { cwd: corpus, lenient: true, rulesFound: () => [] });
      const [old, now] = [(await read()).contracts[0], (await read()).contracts[0]];
      if (!old || !now) continue;
      for (const { level, what } of diffContracts(old, now)) loud.push(`${path}: ${level}: ${what}`);
    }
    expect(loud).toEqual([]);
  },
);
