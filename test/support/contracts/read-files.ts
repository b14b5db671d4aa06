import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Contract } from "../../../generator/src/contract/contract.js";
import { type ReadDocument, type ReadOptions, readContracts } from "../../../generator/src/pipeline/read-contracts.js";

/** The start of a 3.x document. */
export const head = "asyncapi: 3.0.0\ninfo: { title: T, version: 1.0.0 }\n";

/** Reads files, the first of which is the document, without the official rules unless they are asked for. */
export async function readFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  { rules = false, ...options }: Partial<ReadOptions> & { readonly rules?: boolean } = {},
): Promise<ReadDocument> {
  const cwd = mkdtempSync(join(tmpdir(), "sagaspec-read-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), content);
    }
    const known = rules ? {} : { rulesFound: () => [] };
    const [path = ""] = Object.keys(files);
    const { documents } = await readContracts([{ path }], { cwd, ...known, ...options });
    return documents[0] as ReadDocument;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** The contract, where there must be one. */
export function contractOf({ contract, diagnostics }: ReadDocument): Contract {
  if (!contract) throw new Error(JSON.stringify(diagnostics, null, 2));
  return contract;
}

/** `severity code line:column` of everything found. */
export function findings({ diagnostics }: ReadDocument): string[] {
  return diagnostics.map((one) => `${one.severity} ${one.code} ${one.line}:${one.column}`);
}
