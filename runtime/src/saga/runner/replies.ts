/** Brings each reply to the command that it answers. */
import { apart } from "../../apart.js";
import { gather } from "../../client/gather.js";
import { isInvalidMessage, SagaspecError } from "../../errors.js";
import { merged } from "../../merged.js";
import type { Incoming, Verdict } from "../../transport.js";
import { correlationsOf } from "../../wire/declared-correlation.js";
import type { AnyRequest } from "../../wire/operations.js";
import { decodeReply } from "../../wire/wire.js";
import { commandOf, replyChannel } from "../decide/reply-keys.js";
import type { SagaDefinition } from "../definition.js";
import type { Event } from "../effects.js";
import { effectKey, parseEffectKey, parseMessageId } from "../ids.js";
import { stepAt } from "../nodes.js";
import type { SagaRow } from "../store.js";
import type { Definitions } from "./definitions.js";
import { type KeptReply, keep } from "./kept-replies.js";
import { hasShrunk, instanceOf } from "./plan.js";
import type { Item, Settled } from "./slot.js";

export interface ReplyOutlets {
  now(): number;
  /** Finds sagas by the keys that they have registered. Rejects only once the worker stops. */
  find(keys: readonly Key[]): Promise<readonly (readonly SagaRow[])[]>;
  /**
   * Keeps replies for workers that have the definitions of these sagas. Rejects only once the worker stops, or when the
   * store refuses one for what it is.
   */
  leave(left: readonly { readonly sagaId: string; readonly effect: KeptReply }[]): Promise<unknown>;
  submit(id: string, item: Item): void;
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

const unknownSaga: Verdict = { dead: "unknown-saga" };

export class Replies {
  readonly #definitions: Definitions;
  readonly #outlets: ReplyOutlets;
  readonly #find: (key: Key) => Promise<readonly SagaRow[]>;
  /** Gives the error of a reply that cannot be kept. */
  readonly #leave: (left: Parameters<ReplyOutlets["leave"]>[0][number]) => Promise<Error | undefined>;

  constructor(definitions: Definitions, outlets: ReplyOutlets) {
    this.#definitions = definitions;
    this.#outlets = outlets;
    this.#find = gather((keys) => outlets.find(keys), 2);
    const leave = async (left: Parameters<ReplyOutlets["leave"]>[0]) => {
      await outlets.leave(left);
      return left.map(() => undefined);
    };
    this.#leave = gather((left) => apart(left, leave, isInvalidMessage), 2);
  }

  /** Takes a reply. One that came over a channel for everybody, `shared`, may be another's: then it is nobody's fault. */
  take(incoming: Incoming, shared: boolean): void {
    this.#take(incoming, shared ? "ack" : unknownSaga, (saga) => this.#keep(saga, incoming));
  }

  /** Takes a reply that was kept. While its saga cannot be taken up here, it stays where it is. */
  takeKept(incoming: Incoming): void {
    this.#take(incoming, unknownSaga, () => incoming.settle({ retryIn: 0 }));
  }

  #take(incoming: Incoming, strange: Verdict, unowned: (saga: string) => void): void {
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
    return addressed ? [merged(addressed, { isOpen: command.isOpen, startedAt: row.startedAt })] : [];
  }

  #submit({ saga, read }: Addressee, incoming: Incoming, strange: Verdict, unowned: (saga: string) => void): void {
    let outcome: ReturnType<Addressee["read"]> | undefined;
    this.#outlets.submit(saga, {
      careful: true,
      event: (definition): Event => {
        outcome ??= read(definition);
        return { at: this.#outlets.now(), messageId: incoming.id, ...outcome } as Event;
      },
      settled: (how) => (how === "unowned" ? unowned(saga) : incoming.settle(verdictOf(how, strange))),
    });
  }

  #keep(saga: string, incoming: Incoming): void {
    this.#leave({ sagaId: saga, effect: keep(saga, incoming) }).then(
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

function verdictOf(how: Settled, strange: Verdict): Verdict {
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
