import type { Schema } from "@sagaspec/runtime/codegen";
import { transformSync } from "esbuild";
import type { Contract, SchemaNode } from "../../../../generator/src/contract/contract.js";
import { print } from "../../../../generator/src/emit/print/layout.js";
import { literal } from "../../../../generator/src/emit/print/literal.js";
import { emitSchemas, rootSchema } from "../../../../generator/src/emit/schemas.js";
import { serviceUnit } from "../../../../generator/src/emit/unit.js";

/** What is printed for the schemas of a contract, run: the constants of its types, and the parts of its messages. */
export interface Printed {
  type(name: string): Schema<unknown> | undefined;
  /** Of a schema that stands at the root of a message. */
  part(node: SchemaNode): Schema<unknown>;
}

/** Prints `schemas.ts` of a contract and runs it. */
export function printedSchemas(contract: Contract): Printed {
  // Types of shared files are printed here as well, so that one file is enough to run.
  const types = contract.types.map(({ module: _, ...type }) => type);
  const { graph, ...unit } = serviceUnit({ ...contract, types });
  const roots = contract.messages.flatMap(({ payload, headers }) =>
    [payload, headers].filter((node) => node !== undefined),
  );
  const parts = new Map([...new Set(roots)].map((node, index) => [node, `part${index}$`] as const));
  const source = [
    emitSchemas({ graph, ...unit }, emitOptions),
    ...[...parts].map(
      ([node, name]) => `export const ${name} = ${print([literal(rootSchema(node, graph, emitOptions))])};`,
    ),
  ].join("\n");
  const { code } = transformSync(source, { loader: "ts", format: "cjs" });
  const module: { exports: { [name: string]: Schema<unknown> } } = { exports: {} };
  new Function("module", "exports", code)(module, module.exports);
  return {
    type: (name) => module.exports[`${name}JsonSchema`] ?? module.exports[`${name}Schema`],
    part: (node) => module.exports[parts.get(node) ?? ""] ?? {},
  };
}

const emitOptions = {
  importExtension: ".js",
  dateTime: "string",
  int64: "number",
  role: () => undefined,
  report: () => {},
} as const;
