import type { Role } from "../config/config.js";
import type { Contract, Operation } from "../contract/contract.js";
import { constName } from "../transform/names.js";

/** What `contract.ts` exports for the operations of one direction. */
export interface ContractSide {
  readonly action: "receive" | "send";
  readonly operations: readonly Operation[];
  /** `RestaurantContract`, `RestaurantEventsContract` */
  readonly contract: string;
  /** `restaurant`, `restaurantEvents` */
  readonly constant: string;
  /** `RestaurantClient`, where this program may be the end that starts. */
  readonly client?: string;
  /** `RestaurantHandlers`, where this program may be the end that answers. */
  readonly handlers?: string;
}

/**
 * The contracts of a document: what it receives and what it sends, those of the two that have operations. A provider
 * handles the first and starts the second; a consumer the other way round.
 */
export function sides(contract: Contract, role?: Role): readonly ContractSide[] {
  const stem = contract.typeName;
  const constant = constName(contract.service);
  return (["receive", "send"] as const).flatMap((action) => {
    const operations = contract.operations.filter((operation) => operation.action === action);
    if (operations.length === 0) return [];
    const name = action === "receive" ? stem : `${stem}Events`;
    const starts = role === undefined || (role === "consumer") === (action === "receive");
    const answers = role === undefined || (role === "provider") === (action === "receive");
    return {
      action,
      operations,
      contract: `${name}Contract`,
      constant: action === "receive" ? constant : `${constant}Events`,
      ...(starts && { client: `${name}Client` }),
      ...(answers && { handlers: `${name}Handlers` }),
    };
  });
}
