/** Which messages sagas hear of: those that they wait for, and those that start them. */
import type { Incoming } from "../../messaging/transport.js";
import { matchMessage } from "../../wire/match-message.js";
import { formatOf, type MessageFormat } from "../../wire/message-format.js";
import { planOf, requireEndpoint } from "../../wire/operation-plan.js";
import type { AnySend } from "../../wire/operations.js";
import { correlationKeyOf, isWait } from "../decide/waits.js";
import type { SagaDefinition, WaitAction } from "../define/definition.js";
import { stepsOf } from "../define/nodes.js";
import type { EventRow } from "../store/saga-store.js";
import { isLatest } from "./definitions.js";

/** An operation that sagas hear of. */
export interface EventRoute {
  readonly operation: AnySend;
  readonly format: MessageFormat;
  readonly subject: string;
  readonly waits: WaitAction[];
  readonly starts: SagaDefinition[];
}

/** The operations of these definitions, by the address at which their messages arrive. */
export function routesOf(definitions: readonly SagaDefinition[]): ReadonlyMap<string, readonly EventRoute[]> {
  const byId = new Map<string, EventRoute>();
  const route = (operation: AnySend): EventRoute => {
    const known = byId.get(operation.id);
    if (known) return known;
    const made = { operation, format: formatOf(operation.message), subject: operation.id, waits: [], starts: [] };
    byId.set(operation.id, made);
    return made;
  };
  for (const definition of definitions) {
    for (const { action } of [...stepsOf(definition).values()].filter(isWait)) {
      route(action.operation).waits.push(action);
    }
    // Of several versions the latest starts sagas.
    if (!isLatest(definition, definitions)) continue;
    for (const { message } of definition.start?.on ?? []) route(message).starts.push(definition);
  }
  const byAddress = new Map<string, EventRoute[]>();
  for (const one of byId.values()) {
    const { address, service } = requireEndpoint(planOf(one.operation));
    const key = `${service} ${address}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), one]);
  }
  return byAddress;
}

/** Which of the operations the message is of. Undefined for one that no saga hears of. */
export function read(
  routes: readonly EventRoute[],
  incoming: Incoming,
): { readonly route: EventRoute; readonly payload: EventRow["payload"] } | { readonly dead: string } | undefined {
  const choice = matchMessage(routes, incoming);
  if ("unknown" in choice) return undefined;
  if ("invalid" in choice) return { dead: `invalid-message: ${choice.invalid.message}` };
  if ("ambiguous" in choice) {
    return { dead: `ambiguous-message: it may be ${choice.ambiguous.map(({ subject }) => subject).join(" or ")}` };
  }
  return { route: choice.candidate, payload: (choice.payload ?? null) as EventRow["payload"] };
}

/** The keys under which the message is for a wait. */
export function keysOf({ waits }: EventRoute, payload: EventRow["payload"]): ReadonlySet<string> {
  return new Set(waits.map((wait) => correlationKeyOf(wait, payload)).filter((key) => key !== undefined));
}
