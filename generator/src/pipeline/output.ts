import { randomBytes } from "node:crypto";
import { mkdir, readFile, realpath, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import type { GeneratedFile } from "../config/config.js";

/** What writing did, or would do. Paths are relative to the output folder. */
export interface Written {
  readonly changed: readonly string[];
  /** Written by an earlier run and no longer wanted. */
  readonly stale: readonly string[];
  readonly unchanged: readonly string[];
}

/** What is remembered beside the output, so that it holds in every clone. */
export interface Manifest {
  /** What was written, so that a later run can remove what is no longer wanted. Nothing else is ever removed. */
  readonly files: readonly string[];
  /** What the user's handlers are typed with, by service and operation. */
  readonly signatures: Signatures;
}

/** Signatures of operations by service and operation: `{ restaurant: { "restaurant.createTicket": "5d41402abc4b" } }`. */
export type Signatures = { readonly [service: string]: { readonly [operation: string]: string } };

const manifestName = "manifest.json";

/**
 * Brings a folder to these files. A file is written only when its content differs, as a whole or not at all; a file
 * that an earlier run wrote and that is not among them is removed, unless it is in a folder of `keep`.
 * With `dry` nothing is touched.
 * @throws when a path leads out of the folder
 */
export async function writeOutput(
  folder: string,
  files: readonly GeneratedFile[],
  options: {
    readonly keep?: (path: string) => boolean;
    readonly signatures?: Signatures;
    readonly dry?: boolean;
  } = {},
): Promise<Written> {
  for (const file of files) await assertInside(folder, file.path);
  const { files: before } = await readManifest(folder);
  const wanted = new Set(files.map((file) => file.path));
  const kept = before.filter((path) => !wanted.has(path) && options.keep?.(path));
  const stale = before.filter((path) => !wanted.has(path) && !options.keep?.(path));
  const all = [...files, printManifest({ files: [...wanted, ...kept], signatures: options.signatures ?? {} })];

  const changed: string[] = [];
  const unchanged: string[] = [];
  for (const { path, content } of all) {
    const same = (await readText(join(folder, path))) === content;
    (same ? unchanged : changed).push(path);
    if (!same && !options.dry) await writeAtomically(join(folder, path), content);
  }
  if (!options.dry) for (const path of stale) await removeInside(folder, path);
  return { changed, stale, unchanged };
}

/** Writes a whole file or nothing: a reader sees the old content or the new. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The text of a file, or nothing where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

function printManifest({ files, signatures }: Manifest): GeneratedFile {
  const services = Object.entries(signatures).sort(([one], [other]) => (one < other ? -1 : 1));
  const known = services.length > 0 ? { signatures: Object.fromEntries(services) } : {};
  return { path: manifestName, content: `${JSON.stringify({ files: [...files].sort(), ...known }, null, 2)}\n` };
}

/** What the last run remembered in its output folder; nothing where there was none, or where it is damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readText(join(folder, manifestName));
  try {
    const { files, signatures }: { files?: unknown; signatures?: unknown } = JSON.parse(text ?? "{}");
    return {
      files: Array.isArray(files) ? files.filter((path) => typeof path === "string" && isRelative(path)) : [],
      signatures: isSignatures(signatures) ? signatures : {},
    };
  } catch {
    return { files: [], signatures: {} };
  }
}

const isSignatures = (value: unknown): value is Signatures =>
  typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "object" && one);

const isRelative = (path: string): boolean =>
  path !== "" &&
  !isAbsolute(path) &&
  !/[\\\0]/.test(path) &&
  !path.split("/").some((part) => part === ".." || part === "");

// Names come from documents, and folders may be links: neither may lead a write out of the output folder.
async function assertInside(folder: string, path: string): Promise<void> {
  const inside = isRelative(path) && (await staysInside(folder, path));
  if (!inside) throw new Error(`${JSON.stringify(path)} is not a path inside the output folder`);
}

async function staysInside(folder: string, path: string): Promise<boolean> {
  const parent = await existing(dirname(join(folder, path)));
  const root = await existing(folder);
  const way = relative(root, parent);
  return way === "" || (!isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`));
}

// The real path of the nearest folder above that exists.
async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return existing(dirname(path));
  }
}

async function removeInside(folder: string, path: string): Promise<void> {
  if (!(await staysInside(folder, path))) return;
  await rm(join(folder, path), { force: true });
  let empty = dirname(path);
  while (empty !== "." && (await removeEmpty(join(folder, empty)))) empty = dirname(empty);
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}
