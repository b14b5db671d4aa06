import type { Diagnostic } from "../contract/diagnostic.js";
import type { DiagnosticCode } from "../contract/diagnostic-codes.js";
import type { Source } from "./files/source.js";
import { isSource, type LoadFailure } from "./files/source-files.js";
import { isObject, member } from "./yaml/json.js";

/** Why a file is no AsyncAPI document that can be read; undefined when it is one. */
export function documentError(root: Source | LoadFailure | undefined, path: string): readonly Diagnostic[] | undefined {
  if (!root || !isSource(root)) {
    const { code, message, hint } = root ?? {
      code: "file-not-found",
      message: "there is no such file",
      hint: "Check the path.",
    };
    return [{ severity: "error", code, message, hint, file: path }];
  }
  if (root.diagnostics.length > 0) return root.diagnostics;
  const fault = (code: DiagnosticCode, message: string, hint: string, pointer = ""): readonly Diagnostic[] => {
    const place = { file: root.file, ...root.position(pointer), pointer: `#${pointer}` };
    return [{ severity: "error", code, message, hint, ...place }];
  };
  const { value } = root;
  const start = "An AsyncAPI document is an object that starts with `asyncapi: 3.0.0`.";
  if (value === null || value === undefined) return fault("empty-document", "the document is empty", start);
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? "a list" : "a single value";
    return fault("not-an-object", `the document is ${kind}, no object`, start);
  }
  const version = member(value, "asyncapi");
  if (version === undefined) {
    return fault("not-asyncapi", "this is no AsyncAPI document: `asyncapi` is missing", start);
  }
  if (typeof version === "string" && /^(2\.[0-6]|3\.[01])\.\d+$/.test(version)) return undefined;
  const hint = "Versions 2.0 to 2.6, 3.0 and 3.1 are read; `npx @asyncapi/cli convert` makes them of older ones.";
  return fault("unsupported-version", `AsyncAPI ${JSON.stringify(version)} is not supported`, hint, "/asyncapi");
}
