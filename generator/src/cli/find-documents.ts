import { open } from "node:fs/promises";
import { extname, join, posix } from "node:path";
import { glob } from "tinyglobby";

const ignore = ["**/node_modules/**", "**/dist/**", "**/.*/**"];

/** So many documents are looked for, and no more. */
const most = 200;

/** The AsyncAPI documents in a folder and those below it, as `documents` of a configuration names them. */
export async function findDocuments(cwd: string): Promise<readonly string[]> {
  const files = (await glob("**/*.{yaml,yml,json}", { cwd, ignore, deep: 5 })).sort();
  const documents = await onlyDocuments(files, cwd);
  const kindOf = (file: string): string => `${posix.dirname(file)}/*${extname(file)}`;
  const mixed = new Set(files.filter((file) => !documents.includes(file)).map(kindOf));
  // A folder of nothing but documents is named as a whole, so that the next one in it is read as well.
  const names = documents.map((file) => {
    const kind = kindOf(file);
    return kind.startsWith("./") || mixed.has(kind) ? file : kind;
  });
  return [...new Set(names)];
}

/** AsyncAPI documents that stand in the same folders as those that were read, and that nobody has read. */
export async function unreadDocuments(read: readonly string[], root: string): Promise<readonly string[]> {
  const known = new Set(read);
  const folders = new Set(
    read.filter((file) => !/^[a-z][a-z0-9+.-]+:\/\//i.test(file)).map((file) => posix.dirname(file)),
  );
  const patterns = [...folders]
    .filter((folder) => !folder.startsWith(".."))
    .map((folder) => `${folder === "." ? "" : `${folder}/`}*.{yaml,yml,json}`);
  if (patterns.length === 0) return [];
  const files = await glob(patterns, { cwd: root, ignore, expandDirectories: false });
  return onlyDocuments(files.filter((file) => !known.has(file)).sort(), root);
}

async function onlyDocuments(files: readonly string[], cwd: string): Promise<readonly string[]> {
  const documents: string[] = [];
  for (const file of files) {
    if (documents.length >= most) break;
    if (/^\s*["']?asyncapi["']?\s*:/m.test(await headOf(join(cwd, file)))) documents.push(file);
  }
  return documents;
}

async function headOf(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2_000) });
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return "";
  }
}
