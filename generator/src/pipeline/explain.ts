import type { Contract, Origin } from "../contract/contract.js";
import { typeGraph } from "../emit/references.js";
import { schemaName } from "../emit/schemas.js";
import { Positions } from "../load/yaml/positions.js";

/** Where a name in generated code comes from. */
export interface Explanation extends Origin {
  readonly kind: "type" | "operation" | "message" | "channel";
  /** As it stands in the generated code. */
  readonly name: string;
  readonly service: string;
  readonly description?: string;
  /** 1-based; absent where the file is remote or has gone. */
  readonly line?: number;
  readonly column?: number;
}

/**
 * Everything that a name may mean: types, operations (`createTicket`, `restaurant.createTicket`), messages by constant,
 * key or name on the wire, channels by constant or address. Empty when nothing is called so.
 */
export function explain(
  contracts: readonly Contract[],
  name: string,
  options: { readonly cwd: string },
): Explanation[] {
  const positions = new Positions(options.cwd);
  return contracts.flatMap((contract) =>
    [...namesOf(contract)].flatMap(({ names, origin, ...found }): Explanation[] =>
      names.includes(name) ? [{ ...found, ...origin, service: contract.service, ...positions.of(origin) }] : [],
    ),
  );
}

interface Named extends Pick<Explanation, "kind" | "name" | "description"> {
  readonly origin: Origin;
  readonly names: readonly (string | null)[];
}

function* namesOf(contract: Contract): Generator<Named> {
  // The printer chooses the names of constants: `TestJsonSchema` where a type is called `TestSchema`.
  const graph = typeGraph(contract.types);
  for (const one of contract.types)
    yield { kind: "type", names: [one.name, schemaName(one.name, graph)], ...pick(one, one.name) };
  for (const one of contract.operations) yield { kind: "operation", names: [one.name, one.id], ...pick(one, one.id) };
  for (const one of contract.messages) {
    yield { kind: "message", names: [one.constName, one.key, one.name], ...pick(one, one.constName) };
  }
  for (const one of contract.channels) {
    yield {
      kind: "channel",
      names: [one.constName, one.key, one.address, one.parametersType ?? null],
      ...pick(one, one.constName),
    };
  }
}

function pick(
  from: { origin: Origin; description?: string },
  name: string,
): Pick<Named, "name" | "origin" | "description"> {
  const { origin, description } = from;
  return description === undefined ? { name, origin } : { name, origin, description };
}
