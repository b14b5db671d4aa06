/** What the participants have truly done. An effect counts once the inbox has recorded its outcome. */

import type { Contract } from "../../codegen.js";
import type { Claim, Finish, Inbox } from "../../messaging/inbox.js";
import { type AnyOperation, operationsOf } from "../../wire/operations.js";
import type { SimulationContext } from "./context.js";
import type { Incarnation } from "./incarnation.js";

export class EffectLog {
  /** Operation ids of the commands that took effect, by message id. */
  readonly done: Map<string, string> = new Map();
  /** Message ids of undos that took effect, by the message id of what they undo. */
  readonly undone: Map<string, string[]> = new Map();
  /** What a handler has prepared, to take effect together with its outcome. */
  readonly #prepared = new Map<string, () => void>();
  readonly #operations = new Map<string, AnyOperation>();
  readonly #context: SimulationContext;

  constructor(context: SimulationContext) {
    this.#context = context;
  }

  /** From here on the effects of this service are logged. */
  watch(contract: Contract<unknown, unknown>): void {
    for (const { operation } of operationsOf(contract)) this.#operations.set(operation.id, operation);
  }

  /** Whether a service of this history carries the operation out. */
  watches({ id }: AnyOperation): boolean {
    return this.#operations.has(id);
  }

  prepare(messageId: string, apply: () => void): void {
    this.#prepared.set(messageId, apply);
  }

  recorded({ messageId, operation, undoes }: Claim, { reply }: Finish): void {
    if (!reply || !this.#isSuccess(operation, reply.name)) return;
    const { reportViolation, trace } = this.#context;
    if (this.done.has(messageId)) reportViolation(`${messageId}: ${operation} took effect twice`);
    if (this.undone.has(messageId)) reportViolation(`${messageId}: ${operation} took effect after it had been undone`);
    this.done.set(messageId, operation);
    if (undoes !== undefined) this.undone.set(undoes, [...(this.undone.get(undoes) ?? []), messageId]);
    trace(() => `${operation}: takes effect for ${messageId}`);
    this.#prepared.get(messageId)?.();
    this.#prepared.delete(messageId);
  }

  #isSuccess(id: string, name: string): boolean {
    const operation = this.#operations.get(id);
    if (operation?.kind !== "request") return true;
    return name === "" || operation.reply.success.some((message) => `${id}/${message.name}` === name);
  }
}

/** The inbox of a service as one incarnation of it sees it: calls may fail, and the log hears of each outcome. */
export function inboxFor(incarnation: Incarnation, inbox: Inbox, effectLog: EffectLog): Inbox {
  const claims = new Map<string, Claim>();
  return {
    claim: (batch, leaseMs) =>
      incarnation.call("claim", ["outage", "lostResponse"], async () => {
        const claimed = await inbox.claim(batch, leaseMs);
        for (const [index, claim] of batch.entries()) {
          const result = claimed[index];
          if (result?.state === "claimed") claims.set(result.token, claim);
        }
        return claimed;
      }),
    finish: (batch) =>
      incarnation.call("finish", ["outage", "lostResponse"], async () => {
        const results = await inbox.finish(batch);
        for (const [index, finish] of batch.entries()) {
          const claim = claims.get(finish.token);
          if (results[index] !== "done" || !claim) continue;
          // Asked once more because the answer was lost, the inbox says so again: it is the same execution.
          claims.delete(finish.token);
          effectLog.recorded(claim, finish);
        }
        return results;
      }),
    renew: (tokens, leaseMs) => incarnation.call("renew", ["outage"], () => inbox.renew(tokens, leaseMs)),
    unsent: (...wanted) => incarnation.call("unsent", ["outage"], () => inbox.unsent(...wanted)),
    sent: (tokens) => incarnation.call("sent", ["outage", "lostResponse"], () => inbox.sent(tokens)),
    close: async () => {},
  };
}
