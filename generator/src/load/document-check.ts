import type { Diagnostic } from "../diagnostic.js";
import { isSource, type Missing } from "./library.js";
import type { Source } from "./source.js";
import { isObject, member } from "./values.js";

/** Why a file is no AsyncAPI document that can be read; undefined when it is one. */
export function whyUnusable(root: Source | Missing | undefined, path: string): readonly Diagnostic[] | undefined {
  if (!root || !isSource(root)) {
    const { code, message, hint } = root ?? {
      code: "file-not-found",
      message: "there is no such file",
      hint: "Check the path.",
    };
    return [{ severity: "error", code, message, hint, file: path }];
  }
  if (root.diagnostics.length > 0) return root.diagnostics;
  const fault = (code: string, message: string, hint: string, pointer = ""): readonly Diagnostic[] => {
    const place = { file: root.file, ...root.position(pointer), pointer: `#${pointer}` };
    return [{ severity: "error", code, message, hint, ...place }];
  };
  const { value } = root;
  if (value === null || value === undefined)
    return fault("empty-document", "the document is empty", "Write an AsyncAPI document.");
  if (!isObject(value)) return fault("not-an-object", "the document is no object", "It starts with `asyncapi: 3.0.0`.");
  const version = member(value, "asyncapi");
  if (version === undefined) {
    return fault(
      "not-asyncapi",
      "this is no AsyncAPI document: `asyncapi` is missing",
      "It starts with `asyncapi: 3.0.0`.",
    );
  }
  if (typeof version === "string" && /^(2\.[0-6]|3\.[01])\.\d+$/.test(version)) return undefined;
  const hint = "Versions 2.0 to 2.6, 3.0 and 3.1 are read.";
  return fault("unsupported-version", `AsyncAPI ${JSON.stringify(version)} is not supported`, hint, "/asyncapi");
}
