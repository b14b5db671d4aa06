import type { Contract, NamedType } from "../../../generator/src/contract/contract.js";
import { type ReadOptions, readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { root } from "../root.js";

/** Reads one of `specs/features`, which must be without errors. */
export async function feature(name: string, options: Partial<ReadOptions> = {}): Promise<Contract> {
  const path = `specs/features/${name}.yaml`;
  const { contracts, diagnostics } = await readContracts([{ path }], {
    cwd: root,
    rulesFound: () => [],
    ...options,
  });
  const [contract] = contracts;
  if (!contract) throw new Error(JSON.stringify(diagnostics, null, 2));
  return contract;
}

export function typeOf(contract: Contract, name: string): NamedType {
  const found = contract.types.find((type) => type.name === name);
  if (!found) throw new Error(`no type ${name} among ${contract.types.map((type) => type.name).join(", ")}`);
  return found;
}

/** `receive createTicket(createTicket)`, one line for each operation. */
export function outline(contract: Contract): string[] {
  return contract.operations.map((one) => {
    const reply = one.reply ? ` -> ${one.reply.success.join(", ")} | ${one.reply.failure.join(", ")}` : "";
    return `${one.action} ${one.name}(${one.messages.map(({ member }) => member).join(", ")})${reply}`;
  });
}
