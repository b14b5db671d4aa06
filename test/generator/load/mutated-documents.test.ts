import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Diagnostic } from "../../../generator/src/contract/diagnostic.js";
import { corpus, documents, isThere } from "../../support/corpus.js";
import { temporaryProject } from "../../support/project.js";
import { sagaspec } from "../cli/terminal.js";
import { mutate, mutateText, randomOf } from "./mutants.js";

/** How many mutants are tried, and from which on. `MUTANTS=20000` takes hours. */
const count = Number(process.env.MUTANTS ?? 40);
const first = Number(process.env.FIRST_MUTANT ?? 1);
/** Most time of the processor for one command, in milliseconds: what else the machine does is not counted. */
const patience = 5_000;
const MAX_BYTES = 30_000;

const commands = [
  ["validate", "--json"],
  ["validate", "--json", "--lenient"],
  ["generate"],
  ["generate", "--lenient"],
  ["bundle"],
  ["diff"],
  ["docs", "--out", "site"],
] as const;

const small = documents.filter(({ file }) => statSync(join(corpus, file)).size < MAX_BYTES);

describe.skipIf(!isThere)("a document with anything wrong in it", { timeout: 2_000_000_000 }, () => {
  test("ends every command with output, or with what is wrong, where, and what to do", async () => {
    const faults: string[] = [];
    // What is loaded once for all counts for none of them.
    for (let seed = 0; seed < commands.length; seed++) await tryMutant(seed);
    for (let seed = first; seed < first + count; seed++) {
      for (const fault of await tryMutant(seed)) faults.push(fault);
      if (seed % 500 === 0) console.log(`${seed}: ${faults.length} faults`);
    }
    expect(faults).toEqual([]);
  });
});

async function tryMutant(seed: number): Promise<readonly string[]> {
  const random = randomOf(seed * 7919);
  const { file } = small[random(small.length)] ?? { file: "" };
  const original = readFileSync(join(corpus, file), "utf8");
  const text = mutantOf(original, random);
  if (text === undefined) return [];
  using project = temporaryProject();
  writeFileSync(join(project.path, "sagaspec.config.json"), '{ "documents": ["document.yaml"] }\n');
  writeFileSync(join(project.path, "document.yaml"), text);
  writeFileSync(join(project.path, "original.yaml"), original);
  const command = commands[seed % commands.length] ?? commands[0];
  const paths = command[0] === "diff" ? ["original.yaml", "document.yaml"] : ["document.yaml"];
  const start = process.cpuUsage();
  const { code, out, notes } = await sagaspec(project.path, ...command, ...paths).catch((error: unknown) => ({
    code: -1,
    out: "",
    notes: String(error instanceof Error ? error.stack : error),
  }));
  const { user, system } = process.cpuUsage(start);
  const time = (user + system) / 1000;
  const label = `mutant ${seed} of ${file}, ${command.join(" ")}`;
  const faults: string[] = [];
  if (code !== 0 && code !== 1) faults.push(`${label}: code ${code}: ${notes.slice(0, 600)}`);
  if (time > patience) faults.push(`${label}: ${Math.round(time)} ms`);
  if (code === 1 && out === "" && notes === "") faults.push(`${label}: says nothing`);
  if (command.includes("--json" as never) && (code === 0 || code === 1)) {
    const { diagnostics } = JSON.parse(out) as { diagnostics: readonly Diagnostic[] };
    if (code === 1 && diagnostics.length === 0) faults.push(`${label}: finds nothing`);
    for (const one of diagnostics) {
      const missing = (["file", "line", "column", "hint", "pointer"] as const).filter((key) => one[key] === undefined);
      if (missing.length > 0) faults.push(`${label}: ${one.code} "${one.message}" has no ${missing.join(", ")}`);
    }
  }
  return faults;
}

function mutantOf(original: string, random: (below: number) => number): string | undefined {
  if (random(5) === 0) return mutateText(original, random);
  try {
    return JSON.stringify(mutate(parse(original), random), undefined, 1);
  } catch {
    return undefined;
  }
}
