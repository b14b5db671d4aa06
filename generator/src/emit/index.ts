import type { EmitOptions } from "../config/config.js";
import type { Contract } from "../contract/contract.js";
import { sides } from "./names.js";
import { file, importLine, type OutputModule } from "./unit.js";

/** `index.ts`: what the folder exports. Without a contract it is the folder of shared types. */
export function emitIndex(unit: OutputModule, options: EmitOptions, contract?: Contract): string {
  const ending = options.importExtension;
  const both = contract ? sides(contract, options.role(contract.service)) : [];
  const constants = both.map((side) => side.constant);
  const contractLines =
    constants.length > 0
      ? [
          `export type * from "./contract${ending}";`,
          ...importLine(constants, `./contract${ending}`).map((text) => text.replace("import", "export")),
        ]
      : [];
  return file(
    unit.header,
    [...contractLines, `export type * from "./messages${ending}";`, `export * from "./schemas${ending}";`],
    [],
  );
}
