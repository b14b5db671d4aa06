import { readFile, stat } from "node:fs/promises";
import type { DiagnosticCode } from "../../contract/diagnostic-codes.js";
import { MAX_BYTES } from "./limits.js";

/** A text, or why there is none. */
export type TextResult =
  | {
      readonly text: string;
      /** Where redirects led. */
      readonly url?: string;
    }
  | { readonly code: DiagnosticCode; readonly message: string; readonly hint: string };

/** How long the remote files of one document may take together, in milliseconds. */
const REMOTE_TIMEOUT_MS = 15_000;

/** Ends what a document fetches, however many files lead to one another. */
export const remoteDeadline = (): AbortSignal => AbortSignal.timeout(REMOTE_TIMEOUT_MS);

/** Reads a file of at most {@link MAX_BYTES}. Never throws. */
export async function readText(path: string): Promise<TextResult> {
  try {
    const about = await stat(path);
    if (!about.isFile()) return notAFile(about.isDirectory());
    if (about.size > MAX_BYTES) return tooLarge(about.size);
    return { text: decodeText(await readFile(path)) };
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (reason === "ENOENT" || reason === "ENOTDIR") {
      return {
        code: "file-not-found",
        message: "there is no such file",
        hint: "Check the path and its upper and lower case.",
      };
    }
    return {
      code: "unreadable-file",
      message: `the file cannot be read (${reason})`,
      hint: "Check the path and permissions.",
    };
  }
}

/** Fetches a text of at most {@link MAX_BYTES} over HTTP, until the signal. Never throws. */
export async function fetchText(url: string, signal: AbortSignal): Promise<TextResult> {
  const hint = "Check the address, or keep a copy beside the document.";
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) return { code: "remote-failed", message: `the server answered ${response.status}`, hint };
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_BYTES) return tooLarge(size);
    }
    return { text: decodeText(Buffer.concat(chunks)), url: response.url };
  } catch (error) {
    return { code: "remote-failed", message: whyNotFetched(error), hint };
  }
}

function whyNotFetched(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `remote files took more than ${REMOTE_TIMEOUT_MS / 1_000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause ? `no connection (${cause.code})` : cause.message;
}

function notAFile(isFolder: boolean): TextResult {
  const hint = isFolder ? "Name a document in it, or several with a glob such as 'specs/*.yaml'." : "Name a document.";
  return { code: "not-a-file", message: isFolder ? "this is a folder" : "this is not a file", hint };
}

function tooLarge(size: number): TextResult {
  const megabytes = Math.ceil(size / 1024 / 1024);
  const hint = "Split the document into several files.";
  return {
    code: "too-large",
    message: `${megabytes} MB are more than the ${MAX_BYTES / 1024 / 1024} MB allowed`,
    hint,
  };
}

/** Text in any encoding that YAML may have (YAML 1.2, 5.2), without its byte order mark: UTF-8, else UTF-16. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined);
  return new TextDecoder(isLittle ? "utf-16le" : isBig ? "utf-16be" : "utf-8").decode(bytes);
}
