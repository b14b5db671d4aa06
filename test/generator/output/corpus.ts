import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of real documents; tests over it are skipped where it is absent. */
export const corpus: string =
  process.env.ASYNCAPI_CORPUS ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));

const manifest = join(corpus, "MANIFEST.tsv");

/** Whether the documents are there; says so where they are not. */
export const isThere: boolean = existsSync(manifest);
if (!isThere) console.warn(`skipped: no documents at ${dirname(manifest)} (set ASYNCAPI_CORPUS)`);

/** A line of the manifest. */
export interface RealDocument {
  /** Relative to {@link corpus}. */
  readonly file: string;
  /** Version of AsyncAPI. */
  readonly version: string;
  /** What the official parser says: `ok`, `error`, or that it cannot tell. */
  readonly verdict: string;
  readonly firstError: string;
  /** Documents that say the same: versions of one another, conversions. */
  readonly group: string;
}

export const documents: readonly RealDocument[] = isThere
  ? readFileSync(manifest, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"))
      .map((cells) => ({
        file: cells[0] ?? "",
        version: cells[4] ?? "",
        verdict: cells[6] ?? "",
        firstError: cells[8] ?? "",
        group: cells[16] ?? "",
      }))
  : [];
