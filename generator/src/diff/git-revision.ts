import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, posix } from "node:path";
import { promisify } from "node:util";
import { parseSource } from "../load/files/source.js";
import { decodePart } from "../load/yaml/pointer.js";

/** A document as it was in a commit: `git:main:specs/shop.yaml`. */
export interface Revision {
  readonly revision: string;
  /** From the top of the repository; with `./` in front from the working directory. */
  readonly path: string;
}

/** Reads `git:REVISION:PATH`; `undefined` for an ordinary path. */
export function parseRevision(text: string): Revision | undefined {
  const [, revision, path] = /^git:([^:]+):(.+)$/.exec(text) ?? [];
  return revision === undefined || path === undefined ? undefined : { revision, path };
}

const run = promisify(execFile);
const maxBytes = 64 * 1024 * 1024;

/**
 * Writes a document and the files that it refers to, as they were in a commit, into a temporary folder.
 * @throws when git does not know the commit or the file
 */
export async function checkOut({ revision, path }: Revision, cwd: string): Promise<CheckedOut> {
  const git = async (...args: string[]): Promise<string> => {
    return (await run("git", args, { cwd, maxBuffer: maxBytes, timeout: 30_000 })).stdout;
  };
  const prefix =
    path.startsWith("./") || path.startsWith("../") ? (await git("rev-parse", "--show-prefix")).trim() : "";
  const root = posix.join(prefix, path);
  const folder = await mkdtemp(join(tmpdir(), "sagaspec-diff-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const files = [root];
    // The list grows while it is walked.
    for (const file of files) {
      const text = await git("show", "--end-of-options", `${revision}:${file}`).catch((error: unknown) => {
        // A missing reference is for the reader of the document to report.
        if (file === root) throw new Error(`git has no ${root} in ${revision}`, { cause: error });
      });
      if (text === undefined) continue;
      const target = join(folder, file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
      for (const reference of parseSource(text, file, target).survey.references) {
        const other = targetOf(file, reference);
        if (other !== undefined && !files.includes(other)) files.push(other);
      }
    }
    return { folder, path: root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A temporary folder that looks like the repository at a commit, as far as one document needs it. */
export interface CheckedOut {
  readonly folder: string;
  /** Relative to the folder. */
  readonly path: string;
  remove(): Promise<void>;
}

/** The file that a reference points into, where it is one of the repository. */
function targetOf(from: string, reference: string): string | undefined {
  const part = decodePart(reference.split("#", 1)[0] ?? "");
  if (part === "" || isAbsolute(part) || /^[a-z][a-z0-9+.-]+:/i.test(part)) return undefined;
  const target = posix.join(posix.dirname(from), part);
  return target.startsWith("../") ? undefined : target;
}
