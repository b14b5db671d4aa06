/** Brings each reply to the command that it answers. */
import { bisect } from "../../core/bisect.js";
import { isInvalidMessage, SagaspecError } from "../../core/errors.js";
import { fastMerge } from "../../core/fast-merge.js";
import { createBatcher } from "../../messaging/batcher.js";
import type { Incoming, Settlement } from "../../messaging/transport.js";
import { correlationsOf } from "../../wire/correlation.js";
import type { AnyRequest } from "../../wire/operations.js";
import { decodeReply } from "../../wire/reply-reader.js";
import { commandOf, replyChannel } from "../decide/reply-keys.js";
import type { SagaDefinition } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import { effectKey, parseEffectKey, parseMessageId } from "../store/ids.js";
import type { SagaRow } from "../store/saga-store.js";
import type { Definitions } from "./definitions.js";
import { type ParkedReply, parkReply } from "./parked-replies.js";
import { hasShrunk, instanceOf } from "./plan.js";
import type { MailboxEntry, Settled } from "./saga-mailbox.js";

export interface ReplyRouterOptions {
  now(): number;
  /** Finds sagas by the keys that they have registered. Rejects only once the worker stops. */
  find(keys: readonly Key[]): Promise<readonly (readonly SagaRow[])[]>;
  /**
   * Keeps replies for workers that have the definitions of these sagas. Rejects only once the worker stops, or when the
   * store refuses one for what it is.
   */
  leave(left: readonly { readonly sagaId: string; readonly effect: ParkedReply }[]): Promise<unknown>;
  submit(id: string, item: MailboxEntry): void;
}

interface Key {
  readonly channel: string;
  readonly key: string;
}

/** A command that a reply may answer. */
interface Addressee {
  readonly saga: string;
  readonly isOpen: boolean;
  readonly startedAt: number;
  read(definition: SagaDefinition): Omit<Extract<Event, { type: "outcome" }>, "at" | "messageId">;
}

const unknownSaga: Settlement = { dead: "unknown-saga" };

export class ReplyRouter {
  readonly #definitions: Definitions;
  readonly #outlets: ReplyRouterOptions;
  readonly #find: (key: Key) => Promise<readonly SagaRow[]>;
  /** Gives the error of a reply that cannot be kept. */
  readonly #leave: (left: Parameters<ReplyRouterOptions["leave"]>[0][number]) => Promise<Error | undefined>;

  constructor(definitions: Definitions, outlets: ReplyRouterOptions) {
    this.#definitions = definitions;
    this.#outlets = outlets;
    this.#find = createBatcher((keys) => outlets.find(keys), 2);
    const leave = async (left: Parameters<ReplyRouterOptions["leave"]>[0]) => {
      await outlets.leave(left);
      return left.map(() => undefined);
    };
    this.#leave = createBatcher((left) => bisect(left, leave, isInvalidMessage), 2);
  }

  /** Takes a reply. One that came over a channel for everybody, `shared`, may be another's: then it is nobody's fault. */
  take(incoming: Incoming, shared: boolean): void {
    this.#take(incoming, shared ? "ack" : unknownSaga, (saga) => this.#keep(saga, incoming));
  }

  /** Takes a reply that was kept. While its saga cannot be taken up here, it stays where it is. */
  takeKept(incoming: Incoming): void {
    this.#take(incoming, unknownSaga, () => incoming.settle({ retryIn: 0 }));
  }

  #take(incoming: Incoming, strange: Settlement, unowned: (saga: string) => void): void {
    const submit = (to: Addressee) => this.#submit(to, incoming, strange, unowned);
    const named = this.#named(incoming);
    if (named) {
      submit(named);
      return;
    }
    this.#keyed(incoming).then(
      (found) => {
        const open = found.filter(({ isOpen }) => isOpen);
        const [only = newest(found)] = open;
        if (open.length > 1)
          incoming.settle({ dead: "ambiguous-reply: several open commands have its correlation id" });
        else if (only) submit(only);
        else incoming.settle(strange);
      },
      // The worker stops: another one has it.
      () => incoming.settle({ retryIn: 0 }),
    );
  }

  /** By a correlation id of our own, wherever it stands. */
  #named(incoming: Incoming): Addressee | undefined {
    const native = incoming.correlationId === undefined ? undefined : addressee(incoming.correlationId, incoming);
    if (native) return native;
    for (const operation of this.#definitions.correlated) {
      for (const id of correlationsOf(operation, incoming)) {
        const declared = addressee(id, incoming);
        if (declared) return declared;
      }
    }
    return undefined;
  }

  /** By a value that the contract asks for, which the saga has registered. */
  async #keyed(incoming: Incoming): Promise<readonly Addressee[]> {
    const keys = this.#definitions.correlated.flatMap((operation) =>
      correlationsOf(operation, incoming).map((key) => ({ operation, key })),
    );
    const found = await Promise.all(
      keys.map(async ({ operation, key }) => {
        const rows = await this.#find({ channel: replyChannel(operation), key });
        return rows.flatMap((row) => this.#commandIn(row, operation, key, incoming));
      }),
    );
    return found.flat();
  }

  #commandIn(row: SagaRow, operation: AnyRequest, key: string, incoming: Incoming): readonly Addressee[] {
    if (hasShrunk(row)) return [];
    const definition = this.#definitions.of(row);
    // It registers the key only while it waits; which of its steps does, its own worker knows.
    if (!definition) return [{ saga: row.id, isOpen: true, startedAt: row.startedAt, read: notHere }];
    const command = commandOf(definition, instanceOf(row), operation, key);
    const addressed = command && addressee(effectKey(command), incoming);
    return addressed ? [fastMerge(addressed, { isOpen: command.isOpen, startedAt: row.startedAt })] : [];
  }

  #submit({ saga, read }: Addressee, incoming: Incoming, strange: Settlement, unowned: (saga: string) => void): void {
    let outcome: ReturnType<Addressee["read"]> | undefined;
    this.#outlets.submit(saga, {
      needsFreshRow: true,
      event: (definition): Event => {
        outcome ??= read(definition);
        return { at: this.#outlets.now(), messageId: incoming.id, ...outcome } as Event;
      },
      settled: (how) => (how === "unowned" ? unowned(saga) : incoming.settle(verdictOf(how, strange))),
    });
  }

  #keep(saga: string, incoming: Incoming): void {
    this.#leave({ sagaId: saga, effect: parkReply(saga, incoming) }).then(
      (refusal) => incoming.settle(refusal ? { dead: refusal.message } : "ack"),
      () => incoming.settle({ retryIn: 0 }),
    );
  }
}

function addressee(correlationId: string, incoming: Incoming): Addressee | undefined {
  const key = parseEffectKey(correlationId);
  const about = key && parseMessageId(key.id);
  if (!key || !about) return undefined;
  const { instance, path, side } = about;
  return {
    saga: instance,
    isOpen: true,
    startedAt: 0,
    read(definition) {
      const step = stepAt(definition, path);
      const action = side === "do" ? step?.action : step?.compensate;
      const outcome =
        action?.kind === "call"
          ? decodeReply(action.operation, incoming)
          : ({
              failure: { kind: "invalid-reply", name: "unexpected", message: `step '${path}' asks for no reply` },
            } as const);
      return { type: "outcome", of: key.id, attempt: key.attempt, ...outcome };
    },
  };
}

function notHere(): never {
  throw new SagaspecError("unknown-saga", "saga: its definition is not registered here");
}

function newest(found: readonly Addressee[]): Addressee | undefined {
  return [...found].sort((one, other) => other.startedAt - one.startedAt)[0];
}

function verdictOf(how: Settled, strange: Settlement): Settlement {
  if (how instanceof Error) return { dead: how.message };
  switch (how) {
    case "applied":
    case "duplicate":
    case "stale":
      return "ack";
    case "unknown":
    case "unknown-saga":
      return strange;
    case "unowned":
    case "conflict":
    case "abandoned":
      return { retryIn: 0 };
  }
}
