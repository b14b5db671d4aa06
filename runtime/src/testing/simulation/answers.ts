/** Services that the scenario does not give: they reply to what the sagas send with valid random data. */
import type { Contract, Failures, RequestContext } from "../../codegen.js";
import type { SagaDefinition } from "../../saga/define/definition.js";
import { serviceOf } from "../../wire/operation-plan.js";
import type { AnyOperation, AnyRequest } from "../../wire/operations.js";
import { fake } from "../fake.js";
import { operationsOfSagas } from "../saga-operations.js";
import type { SimulationContext } from "./context.js";
import type { SimulatedService } from "./scenario.js";

const refusals = 0.15;
const slowestMs = 300;

/** One service for each that the sagas send something to. */
export function answeringServices(
  sagas: readonly SagaDefinition[],
  context: SimulationContext,
): readonly SimulatedService[] {
  const used = operationsOfSagas(sagas);
  const undos = new Set(used.filter(({ undoes }) => undoes).map(({ operation }) => operation.id));
  const services = new Map<string, AnyOperation[]>();
  for (const { operation } of used) {
    const service = serviceOf(operation);
    services.set(service, [...(services.get(service) ?? []), operation]);
  }
  return Array.from(services.values(), (operations) => ({
    contract: contractOf(operations),
    handlers: Object.fromEntries(
      operations.map((operation) => [
        nameOf(operation),
        operation.kind === "request" ? answer(operation, undos.has(operation.id), context) : () => {},
      ]),
    ),
  }));
}

/** A contract of one service that has these operations. */
export function contractOf(operations: readonly AnyOperation[]): Contract<unknown, object> {
  const members = Object.fromEntries(operations.map((operation) => [nameOf(operation), operation]));
  const [operation] = operations;
  return { $contract: { service: operation ? serviceOf(operation) : "", version: "0.0.0" }, ...members };
}

/** What the operation is called in its contract. */
export function nameOf(operation: AnyOperation): string {
  return operation.id.slice(serviceOf(operation).length + 1);
}

function answer(operation: AnyRequest, isUndo: boolean, { injector, time }: SimulationContext) {
  const failures = isUndo ? [] : Object.entries(operation.reply.failure ?? {});
  return async (_: unknown, { messageId, fail }: RequestContext<Failures>) => {
    const roll = injector.chance(`roll of ${messageId}`);
    await time.pause(Math.floor(roll * slowestMs));
    const site = injector.site(`handler of ${messageId}`);
    if (injector.injects("handlerError", site)) throw new Error("broken for the moment");
    const [name, message] = failures[Math.floor((roll / refusals) * failures.length)] ?? [];
    const seed = 1 + Math.floor(roll * 1_000);
    if (roll < refusals && name !== undefined && message) throw fail(name, fake(message, { seed }));
    const { success: replies, names = [] } = operation.reply;
    const chosen = Math.floor(injector.chance(`reply of ${messageId}`) * replies.length);
    const success = replies[chosen];
    if (!success) return undefined;
    const payload = fake(success, { seed });
    return replies.length > 1 ? { name: names[chosen] ?? success.name, payload } : payload;
  };
}
