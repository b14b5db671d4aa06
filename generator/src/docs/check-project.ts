import { join } from "node:path";
import type { Settings } from "../config/settings.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { parseSource, type Source } from "../load/files/source.js";
import { generate } from "../pipeline/generate.js";
import { readText } from "../pipeline/output.js";
import type { OperationEntry } from "./site.js";

/** Asks the handlers of the project which operations they offer. A stub that nobody has filled in offers nothing. */
export async function findImplemented(settings: Settings): Promise<(entry: OperationEntry) => boolean> {
  const { handlers } = await generate(settings, { dry: true });
  const offered = new Set(handlers.filter((report) => report.found).map((report) => report.service));
  const missing = handlers.flatMap((report) => [...report.added, ...report.unwritten]);
  return ({ operation, service }) =>
    operation.action === "receive" &&
    offered.has(service) &&
    !missing.some((id) => id === operation.id || id.startsWith(`${operation.id}.`));
}

/** Gives findings the line that their pointer stands on. */
export async function locate(findings: readonly Diagnostic[], root: string): Promise<readonly Diagnostic[]> {
  const sources = new Map<string, Source | undefined>();
  const located: Diagnostic[] = [];
  for (const finding of findings) {
    const { file, pointer } = finding;
    if (!sources.has(file)) sources.set(file, await readSource(file, root));
    const position = pointer === undefined ? undefined : sources.get(file)?.position(pointer.replace(/^#/, ""));
    located.push({ ...finding, ...position });
  }
  return located;
}

async function readSource(file: string, root: string): Promise<Source | undefined> {
  const text = await readText(join(root, file));
  return text === undefined ? undefined : parseSource(text, file, join(root, file));
}
