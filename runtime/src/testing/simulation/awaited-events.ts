/** Events that nobody in a scenario publishes: they are made up from their contracts, for the sagas that wait for them. */
import type { Json } from "../../codegen.js";
import { validatorFor } from "../../contract/schema.js";
import type { WaitAction } from "../../saga/define/definition.js";
import { stepsOf } from "../../saga/define/nodes.js";
import type { Instance } from "../../saga/store/instance.js";
import { type Commit, isFinished } from "../../saga/store/saga-store.js";
import { openParameters } from "../../wire/address.js";
import type { MessageMeta } from "../../wire/message-writer.js";
import { planOf } from "../../wire/operation-plan.js";
import type { AnyOperation } from "../../wire/operations.js";
import { fake } from "../fake.js";
import type { System } from "./system.js";

/** So many of the awaited events never come. */
const neverShare = 0.1;
const latestMs = 5_000;
/** An event that has not ended the wait is followed by another one, after ever longer pauses. */
const repeats = 4;
const attempts = 20;

export class AwaitedEvents {
  readonly #system: System;
  readonly #scheduled = new Set<string>();
  /** Paths of waits for which no message can be made up, by definition. */
  readonly impossible: Map<string, Set<string>> = new Map();
  #pending = 0;

  constructor(system: System) {
    this.#system = system;
  }

  /** Events that are still to come. */
  get pending(): number {
    return this.#pending;
  }

  /** A saga has subscribed to the message of a wait, or has begun to wait: the message comes some time later. */
  committed({ row, records }: Commit): void {
    const definition = this.#system.definitionOf(row);
    if (!definition || isFinished(row.status)) return;
    const { keys = {}, steps } = row.state as unknown as Instance;
    for (const path of Object.keys(keys)) {
      const begins = records.some(({ kind, step }) => kind === "step-started" && step === path);
      const name = `${row.id} ${path}`;
      if (this.#scheduled.has(name) && !begins) continue;
      this.#scheduled.add(name);
      const action = stepsOf(definition).get(path.replace(/\/\d+(?=\/|$)/g, "/*"))?.action;
      if (action?.kind === "wait" && (steps[path] === undefined || steps[path].status === "open"))
        void this.#publish(row.id, path, action, begins ? "wait" : "subscription");
    }
  }

  async #publish(id: string, path: string, wait: WaitAction, cause: string): Promise<void> {
    const { injector, time, broker, ledger, trace } = this.#system;
    const site = `event for ${id}/${path} at its ${cause}`;
    // What could come at its subscription and has not may still come when it is waited for.
    if (injector.chance(`never ${site}`) < (cause === "wait" ? neverShare : 0.4)) return;
    this.#pending += 1;
    for (let number = 1; number <= repeats; number++) {
      await time.pause(injector.ms(`${site} ${number}`, 0, latestMs) + (number - 1) ** 2 * 1_000);
      const key = openKey(ledger.rows.get(id), path);
      if (key === undefined) break;
      const seed = 1 + injector.ms(`content of ${site} ${number}`, 0, 10_000);
      const payload = fittingPayload(wait, key, seed);
      if (payload === undefined) {
        this.#cannotMakeUp(id, path);
        break;
      }
      trace(() => `events: ${wait.operation.id} for ${id}/${path}`);
      const extras = madeUpExtras(wait.operation, seed);
      void broker.publish(wait.operation, payload.value, { ...extras, id: `${site} ${number}` });
    }
    this.#pending -= 1;
  }

  #cannotMakeUp(id: string, path: string): void {
    const row = this.#system.ledger.rows.get(id);
    if (!row) return;
    const name = `${row.type} v${row.version}`;
    this.impossible.set(name, (this.impossible.get(name) ?? new Set()).add(path));
  }
}

/** The key under which the saga still asks for the message of the wait at this path. */
function openKey(row: Commit["row"] | undefined, path: string): string | undefined {
  if (!row || row.state === null || isFinished(row.status)) return undefined;
  const { keys = {}, steps } = row.state as unknown as Instance;
  const status = steps[path]?.status;
  return status === undefined || status === "open" ? keys[path] : undefined;
}

/** A valid payload from which the wait reads this key; undefined where none is found. */
function fittingPayload(wait: WaitAction, key: string, seed: number): { readonly value: unknown } | undefined {
  const { message } = wait.operation;
  const keyOf = (payload: unknown) => {
    try {
      return String(wait.match(payload as Json));
    } catch {
      return undefined;
    }
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const value = message.payload === undefined ? null : fake(message.payload, { seed: seed + attempt });
    const found = keyOf(value);
    if (found === key) return { value };
    for (const path of pathsRead(wait.match, value)) {
      const changed = replaced(value, path, key);
      if (keyOf(changed) === key && (!message.payload || validatorFor(message.payload).check(changed)))
        return { value: changed };
    }
  }
  return undefined;
}

/** The members that a function reads from a payload, each as its path. */
function pathsRead(read: (payload: Json) => unknown, payload: unknown): readonly (readonly string[])[] {
  const paths: string[][] = [];
  const watched = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== "object" || value === null) {
      paths.push([...path]);
      return value;
    }
    return new Proxy(value, {
      get: (target, name) =>
        typeof name === "string" && Object.hasOwn(target, name)
          ? watched(Reflect.get(target, name), [...path, name])
          : Reflect.get(target, name),
    });
  };
  try {
    read(watched(payload, []) as Json);
  } catch {
    // What it read until then counts.
  }
  return paths;
}

/** The payload with the key at this path, in the type of what stands there. */
function replaced(payload: unknown, [name, ...rest]: readonly string[], key: string): unknown {
  if (name === undefined) {
    if (typeof payload === "number") return Number(key);
    if (typeof payload === "bigint") return /^-?\d+$/.test(key) ? BigInt(key) : payload;
    return typeof payload === "boolean" ? key === "true" : key;
  }
  const copy = Array.isArray(payload) ? [...payload] : { ...(payload as object) };
  Reflect.set(copy, name, replaced(Reflect.get(copy, name), rest, key));
  return copy;
}

/** Valid headers, and values for the address parameters that have neither a default nor a place in the message. */
export function madeUpExtras(operation: AnyOperation, seed: number): Pick<MessageMeta, "headers" | "parameters"> {
  const { headers: schema } = operation.message;
  const { address, parameters = {} } = operation.channel;
  const { locations } = planOf(operation);
  const open = openParameters(address ?? "").filter((name) => {
    return parameters[name]?.default === undefined && locations[name] === undefined;
  });
  const values = open.map((name) => {
    const { enum: allowed = [`any-${name}`] } = parameters[name] ?? {};
    return [name, allowed[seed % allowed.length] ?? ""] as const;
  });
  return {
    ...(schema && { headers: fake(schema, { seed }) as { readonly [name: string]: Json } }),
    ...(values.length > 0 && { parameters: Object.fromEntries(values) }),
  };
}
