import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { refusedExamples } from "../emit/fixtures.js";
import { Positions } from "../load/yaml/positions.js";
import { ambiguousMessages, ambiguousOperations } from "../rules/ambiguous-messages.js";
import { compensationFields } from "../rules/compensation-fields.js";
import { correlationIdType } from "../rules/correlation-id-type.js";
import type { Rule } from "../rules/rule.js";
import { senderReceiverMismatch } from "../rules/sender-receiver-mismatch.js";
import { uniqueServices } from "../rules/unique-services.js";

const RULES: readonly Rule[] = [
  uniqueServices,
  ambiguousMessages,
  ambiguousOperations,
  compensationFields,
  correlationIdType,
  senderReceiverMismatch,
];

/** Our own rules, over one or several contracts together: what no document shows by itself. */
export function checkContracts(contracts: readonly Contract[], options: { readonly cwd: string }): Diagnostic[] {
  const positions = new Positions(options.cwd);
  return RULES.flatMap((rule) =>
    [...rule(contracts)].map(({ origin, ...found }) => ({ ...found, ...origin, ...positions.of(origin) })),
  );
}

/** Examples that their own schemas refuse: what generating says of them. */
export async function checkExamples(
  contracts: readonly Contract[],
  options: { readonly cwd: string },
): Promise<readonly Diagnostic[]> {
  const positions = new Positions(options.cwd);
  const found = await Promise.all(contracts.map(refusedExamples));
  return found.flat().map((one) => ({ ...one, ...positions.of({ file: one.file, pointer: one.pointer ?? "#" }) }));
}
