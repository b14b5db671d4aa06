// How long the command takes, as it is installed: the built one, in processes of its own.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { root } from "../support/root.js";
import { type Metrics, median, metric } from "./metric.js";

const command = join(root, "generator/bin/sagaspec.js");
const officialParser = join(import.meta.dirname, "official-parser.mjs");
const corpus = process.env.ASYNCAPI_CORPUS ?? join(root, "../shared/corpus");
const slack = join(corpus, "official/spec-slack-rtm-asyncapi-v3.0.0.yml");

const run = promisify(execFile);
const repeats = 7;
const many = 100;
const singles = 10;

/**
 * Measures the command against the official parser and against itself.
 * @throws where the corpus is not there
 */
export async function measure(): Promise<Metrics> {
  if (!existsSync(slack)) throw new Error(`there is no ${slack}: set ASYNCAPI_CORPUS to the folder of documents`);
  const folder = await mkdtemp(join(tmpdir(), "sagaspec-bench-"));
  try {
    return { ...(await measureOne(folder)), ...(await measureMany(folder)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One document: the official parser and we take turns, so that a busy machine slows both. */
async function measureOne(folder: string): Promise<Metrics> {
  const cwd = join(folder, "one");
  await mkdir(cwd);
  await copyFile(slack, join(cwd, "slack.yaml"));
  const times = { node: [], help: [], unchanged: [], official: [], cold: [], checked: [] } as Record<string, number[]>;
  const generate = () => seconds(process.execPath, [command, "generate", "slack.yaml"], cwd);
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    times.node?.push(await seconds(process.execPath, ["-e", "0"], cwd));
    times.help?.push(await seconds(process.execPath, [command, "--help"], cwd));
    times.official?.push(Number((await run(process.execPath, [officialParser, slack], { cwd: root })).stdout));
    await forget(cwd, () => true);
    times.cold?.push(await generate());
    times.unchanged?.push(await generate());
    await forget(cwd, (file) => !file.endsWith(".value.json"));
    times.checked?.push(await generate());
  }
  const middle = (name: string): number => median(times[name] ?? []);
  const official = middle("official");
  return {
    help: metric(middle("help"), "s", ["value", "<=", 0.2], middle("node")),
    "unchanged-run": metric(middle("unchanged"), "s", ["value", "<=", 0.4], middle("node")),
    "cold-run": metric(middle("cold"), "s", ["ratio", "<=", 1.2], official),
    "cold-run-rules-known": metric(middle("checked"), "s", ["ratio", "<=", 0.6], official),
  };
}

/** Many documents in one run, against as many runs: some of them, and the rest by their mean. */
async function measureMany(folder: string): Promise<Metrics> {
  const cwd = join(folder, "many");
  const documents = await copyDocuments(cwd);
  const memory = join(folder, "memory");
  const note = join(folder, "note-memory.mjs");
  await writeFile(
    note,
    `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(memory)}, String(process.resourceUsage().maxRSS)));`,
  );
  const together = await seconds(
    process.execPath,
    ["--import", pathToFileURL(note).href, command, "generate", "--lenient", "--no-handlers", ...documents],
    cwd,
  );
  const peakMegabytes = Number(await readFile(memory, "utf8")) / 1024;
  let alone = 0;
  for (let index = 0; index < singles; index += 1) {
    await forget(cwd, () => true);
    const document = documents[Math.floor((index * documents.length) / singles)] ?? "";
    alone += await seconds(process.execPath, [command, "generate", "--lenient", "--no-handlers", document], cwd);
  }
  const apart = (alone / singles) * documents.length;
  return {
    "many-documents": metric(documents.length, "documents"),
    "many-together": metric(together, "s"),
    "many-apart": metric(apart, "s"),
    "many-speedup": metric(apart / together, "times", ["value", ">=", 5]),
    "peak-memory": metric(peakMegabytes, "MB", ["value", "<=", 600]),
  };
}

/** Documents of the corpus that the official parser accepts, with the files they refer to, each in a folder of its own. */
async function copyDocuments(cwd: string): Promise<string[]> {
  const rows = readFileSync(join(corpus, "MANIFEST.tsv"), "utf8")
    .split("\n")
    .map((line) => line.split("\t"));
  const accepted = rows.filter((row) => row[6] === "ok").flatMap(([file]) => file ?? []);
  const step = Math.max(1, Math.floor(accepted.length / many));
  const chosen = accepted.filter((_, index) => index % step === 0).slice(0, many);
  for (const [index, file] of chosen.entries()) {
    const [group = "", name = ""] = file.split("/");
    await mkdir(join(cwd, `${index}`), { recursive: true });
    await cp(join(corpus, group, name), join(cwd, `${index}`, name), { recursive: true });
  }
  return Promise.all(chosen.map((file, index) => renamed(cwd, index, file)));
}

/** Many documents are called `asyncapi.yaml`: the service name must tell them apart. */
async function renamed(cwd: string, index: number, file: string): Promise<string> {
  const path = join(`${index}`, file.split("/").slice(1).join("/"));
  const unique = join(dirname(path), `d${index}-${basename(path)}`);
  await copyFile(join(cwd, path), join(cwd, unique));
  return unique;
}

/** Removes the output, and of what is remembered what is chosen. */
async function forget(cwd: string, chosen: (file: string) => boolean): Promise<void> {
  for (const name of ["generated", "handlers"]) await rm(join(cwd, name), { recursive: true, force: true });
  const cache = join(cwd, ".sagaspec");
  for (const file of existsSync(cache) ? await readdir(cache) : []) if (chosen(file)) await rm(join(cache, file));
}

async function seconds(program: string, args: readonly string[], cwd: string): Promise<number> {
  const start = performance.now();
  await run(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  return (performance.now() - start) / 1_000;
}
