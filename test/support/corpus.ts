import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.js";

/** The folder of real documents, `shared/corpus` beside the project unless `ASYNCAPI_CORPUS` names another. */
export const corpus: string = process.env.ASYNCAPI_CORPUS ?? join(root, "../shared/corpus");

const manifest = join(corpus, "MANIFEST.tsv");

/** Whether the documents are there. Tests over them are skipped where they are not, which is said once. */
export const isThere: boolean = existsSync(manifest);
if (!isThere) {
  const missing = `no real documents at ${corpus}; ASYNCAPI_CORPUS names their folder`;
  if (process.env.REQUIRE_SERVICES === "1") throw new Error(missing);
  console.warn(`skipped: ${missing}`);
}

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
