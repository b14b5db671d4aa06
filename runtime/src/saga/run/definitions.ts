import type { Json } from "../../codegen.js";
import { SagaspecError } from "../../core/errors.js";
import type { Endpoint } from "../../messaging/transport.js";
import { planOf, replyEndpoint } from "../../wire/operation-plan.js";
import type { AnyOperation, AnyRequest } from "../../wire/operations.js";
import type { Action, CallAction, SagaDefinition, SendAction } from "../define/definition.js";
import { stepsOf } from "../define/nodes.js";
import { lifecycleOperations } from "../lifecycle/effects.js";
import type { DefinitionRef, SagaRow } from "../store/saga-store.js";

/** The sagas that a runner knows: what it takes events and timers for, and nothing else. */
export class Definitions {
  readonly all: readonly SagaDefinition[];
  readonly #byVersion = new Map<string, SagaDefinition>();
  readonly #operations = new Map<string, AnyOperation>();
  /** Requests whose replies are told by a place that the contract declares. */
  readonly correlated: readonly AnyRequest[];
  readonly #addresses: OpenAddresses | undefined;
  /** Where replies arrive that a document sends to a channel of its own. */
  readonly replyChannels: readonly Endpoint[];

  /**
   * Child sagas need no registering of their own.
   * @throws SagaspecError `invalid-definition` for two definitions of one name and version, and for a child whose pivot
   * could be passed before its parent's
   */
  constructor(sagas: readonly SagaDefinition[], addresses?: OpenAddresses) {
    this.all = withChildren(sagas);
    this.#addresses = addresses;
    for (const definition of this.all) {
      checkChildren(definition);
      const name = versionOf(definition);
      if (this.#byVersion.has(name)) {
        throw new SagaspecError(
          "invalid-definition",
          `saga ${name}: registered twice; raise the version of one of them`,
        );
      }
      this.#byVersion.set(name, definition);
      for (const step of stepsOf(definition).values()) {
        for (const action of [step.action, step.compensate]) {
          if (action && "operation" in action) this.#operations.set(action.operation.id, action.operation);
        }
      }
    }
    const requests = [...this.#operations.values()].filter((operation) => operation.kind === "request");
    this.correlated = requests.filter(isCorrelated);
    const channels = requests.map(replyEndpoint).filter((endpoint) => endpoint !== undefined);
    this.replyChannels = [...new Map(channels.map((channel) => [channel.address, channel])).values()];
  }

  /** Where the steps' messages go, as far as the documents say. */
  endpoints(): readonly Endpoint[] {
    return [...this.#operations.values()].flatMap((operation) => planOf(operation).endpoint ?? []);
  }

  /** The definition that a stored saga runs by; undefined when this runner does not have exactly that one, or cannot read it. */
  of(row: DefinitionRef & Partial<SagaRow>): SagaDefinition | undefined {
    if (row.unreadable !== undefined) return undefined;
    const definition = this.#byVersion.get(versionOf(row));
    return definition?.hash === row.hash ? definition : undefined;
  }

  /** Why {@link of} has none. */
  missing(row: DefinitionRef & Partial<SagaRow>): SagaspecError {
    if (row.unreadable !== undefined) {
      const text = `saga ${row.type} ${row.id}: its state cannot be read (${row.unreadable})`;
      return new SagaspecError(
        "store-unavailable",
        `${text}; give the store the codec that wrote it, or repair the row`,
      );
    }
    const known = this.#byVersion.get(versionOf(row));
    if (known) {
      return new SagaspecError(
        "definition-changed",
        `saga ${versionOf(row)}: its steps have changed (${row.hash} is stored, ${known.hash} is registered) while sagas are ` +
          "under way; give the new steps a new version and register both",
      );
    }
    return new SagaspecError(
      "unknown-saga",
      `saga ${versionOf(row)}: not registered here; register it as long as sagas are under way`,
    );
  }

  /** Where messages of an operation go whose document leaves that open, as far as the runner was told. */
  addressOf({ id, channel }: AnyOperation, payload: Json): string | undefined {
    const given = channel.address === null ? this.#addresses?.[id] : undefined;
    return typeof given === "function" ? given(payload) : given;
  }

  /** @throws SagaspecError `invalid-definition` for a step whose message could never be sent: nobody says where to */
  checkAddresses(): void {
    for (const definition of this.all) {
      for (const { name, action, compensate } of stepsOf(definition).values()) {
        for (const one of [action, compensate]) {
          if (!isOpenlyAddressed(one) || this.#addresses?.[one.operation.id] !== undefined) continue;
          const text = `step '${name}' of saga '${definition.type}': the document of '${one.operation.id}' leaves its address open`;
          const hint = `give the step address, or the runner addresses: { "${one.operation.id}": ... }`;
          throw new SagaspecError("invalid-definition", `${text}; ${hint}`);
        }
      }
    }
  }

  /** An operation by the id that effects have stored. */
  operation(id: string): AnyOperation | undefined {
    return this.#operations.get(id) ?? lifecycleOperations.get(id);
  }
}

/**
 * Where messages go whose document leaves that open (`address: null`), by the operation's id: an address, or a function of
 * the payload.
 */
export interface OpenAddresses {
  readonly [operation: string]: string | ((payload: Json) => string);
}

/** Whether it sends a message to an address that only the runner can know. */
export function isOpenlyAddressed(action: Action | undefined): action is CallAction | SendAction {
  return (
    (action?.kind === "call" || action?.kind === "send") && action.operation.channel.address === null && !action.address
  );
}

/** Whether no later version of the same saga is among the definitions. */
export function isLatest({ type, version }: SagaDefinition, definitions: readonly SagaDefinition[]): boolean {
  return definitions.every((other) => other.type !== type || other.version <= version);
}

function isCorrelated({ message, reply }: AnyRequest): boolean {
  const messages = [message, ...reply.success, ...Object.values(reply.failure ?? {})];
  return messages.some(({ correlationId }) => correlationId !== undefined);
}

function withChildren(sagas: readonly SagaDefinition[]): readonly SagaDefinition[] {
  const all = [...sagas];
  // What is added is looked at in its turn.
  for (const definition of all) {
    for (const child of childrenOf(definition)) {
      if (!all.some((one) => versionOf(one) === versionOf(child) && one.hash === child.hash)) all.push(child);
    }
  }
  return all;
}

function childrenOf(definition: SagaDefinition): readonly SagaDefinition[] {
  return [...stepsOf(definition).values()].flatMap(({ action }) => (action?.kind === "child" ? [action.saga] : []));
}

/** A parent that can still turn back must be able to take its child along. */
function checkChildren(definition: SagaDefinition): void {
  for (const { name, pivot, action, compensate } of stepsOf(definition).values()) {
    if (pivot) return;
    if (action?.kind !== "child" || !compensate) continue;
    if (![...stepsOf(action.saga).values()].some((step) => step.pivot)) continue;
    const text = `step '${name}' of saga '${definition.type}': the child '${action.saga.type}' has a pivot and could not be undone; let this step be the pivot, or follow it`;
    throw new SagaspecError("invalid-definition", text);
  }
}

function versionOf({ type, version }: DefinitionRef): string {
  return `${type} v${version}`;
}
