/** Services that nobody has written: they answer what the sagas ask with valid random data. */
import type { Contract, Failures, RequestContext } from "../../codegen.js";
import type { SagaDefinition } from "../../saga/definition.js";
import { serviceOf } from "../../wire/operation-plan.js";
import type { AnyOperation, AnyRequest } from "../../wire/operations.js";
import { fake } from "../fake.js";
import { operationsOfSagas } from "../saga-operations.js";
import type { Surroundings } from "./life.js";
import type { SimulatedService } from "./scenario.js";

const refusals = 0.15;
const slowestMs = 300;

/** One service for each that the sagas send something to. */
export function answeringServices(sagas: readonly SagaDefinition[], around: Surroundings): readonly SimulatedService[] {
  const used = operationsOfSagas(sagas);
  const undos = new Set(used.filter(({ undoes }) => undoes).map(({ operation }) => operation.id));
  const services = new Map<string, { [name: string]: AnyOperation }>();
  for (const { operation } of used) {
    const service = serviceOf(operation);
    services.set(service, { ...services.get(service), [operation.id.slice(service.length + 1)]: operation });
  }
  return Array.from(services, ([service, members]) => ({
    contract: { $contract: { service, version: "0.0.0" }, ...members } as Contract<unknown, object>,
    handlers: Object.fromEntries(
      Object.entries(members).map(([name, operation]) => [
        name,
        operation.kind === "request" ? answer(operation, undos.has(operation.id), around) : () => {},
      ]),
    ),
  }));
}

function answer(operation: AnyRequest, isUndo: boolean, { misfortune, time }: Surroundings) {
  const failures = isUndo ? [] : Object.entries(operation.reply.failure ?? {});
  const [success] = operation.reply.success;
  return async (_: unknown, { messageId, fail }: RequestContext<Failures>) => {
    const mood = misfortune.chance(`mood of ${messageId}`);
    await time.pause(Math.floor(mood * slowestMs));
    const site = misfortune.site(`handler of ${messageId}`);
    if (misfortune.strikes("breakdown", site)) throw new Error("broken for the moment");
    const [name, message] = failures[Math.floor((mood / refusals) * failures.length)] ?? [];
    const seed = 1 + Math.floor(mood * 1_000);
    if (mood < refusals && name !== undefined && message) throw fail(name, fake(message, { seed }));
    if (!success) return undefined;
    const payload = fake(success, { seed });
    return operation.reply.success.length > 1 ? { name: success.name, payload } : payload;
  };
}
