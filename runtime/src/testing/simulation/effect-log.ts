/** What the participants have truly done: each effect counts when the inbox has recorded its outcome. */

import type { Contract } from "../../codegen.js";
import type { Claim, Finish, Inbox } from "../../messaging/inbox.js";
import { type AnyOperation, operationsOf } from "../../wire/operations.js";
import type { Incarnation, Surroundings } from "./incarnation.js";
import type { ReportViolation } from "./ledger.js";

export class EffectLog {
  /** Operation ids of the commands that took effect, by message id. */
  readonly done: Map<string, string> = new Map();
  /** Message ids of undos that took effect, by the message id of what they undo. */
  readonly undone: Map<string, string[]> = new Map();
  /** What a handler has prepared, to take effect together with its outcome. */
  readonly #prepared = new Map<string, () => void>();
  readonly #operations = new Map<string, AnyOperation>();
  readonly #around: Surroundings;
  readonly #accuse: ReportViolation;

  constructor(around: Surroundings, accuse: ReportViolation) {
    this.#around = around;
    this.#accuse = accuse;
  }

  watch(contract: Contract<unknown, unknown>): void {
    for (const { operation } of operationsOf(contract)) this.#operations.set(operation.id, operation);
  }

  /** Whether somebody in this history does what the operation asks for. */
  watches({ id }: AnyOperation): boolean {
    return this.#operations.has(id);
  }

  prepare(messageId: string, apply: () => void): void {
    this.#prepared.set(messageId, apply);
  }

  recorded({ messageId, operation, undoes }: Claim, { reply }: Finish): void {
    if (!reply || !this.#isSuccess(operation, reply.name)) return;
    if (this.done.has(messageId)) this.#accuse(`${messageId}: ${operation} took effect twice`);
    if (this.undone.has(messageId)) this.#accuse(`${messageId}: ${operation} took effect after it had been undone`);
    this.done.set(messageId, operation);
    if (undoes !== undefined) this.undone.set(undoes, [...(this.undone.get(undoes) ?? []), messageId]);
    this.#around.trace(() => `${operation}: takes effect for ${messageId}`);
    this.#prepared.get(messageId)?.();
    this.#prepared.delete(messageId);
  }

  #isSuccess(id: string, name: string): boolean {
    const operation = this.#operations.get(id);
    if (operation?.kind !== "request") return true;
    return name === "" || operation.reply.success.some((message) => `${id}/${message.name}` === name);
  }
}

/** The inbox of a service, as one life of it sees it. */
export function inboxOf(life: Incarnation, inbox: Inbox, deeds: EffectLog): Inbox {
  const claims = new Map<string, Claim>();
  return {
    claim: (batch, leaseMs) =>
      life.call("claim", ["outage", "silence"], async () => {
        const claimed = await inbox.claim(batch, leaseMs);
        for (const [index, claim] of batch.entries()) {
          const verdict = claimed[index];
          if (verdict?.state === "claimed") claims.set(verdict.token, claim);
        }
        return claimed;
      }),
    finish: (batch) =>
      life.call("finish", ["outage", "silence"], async () => {
        const verdicts = await inbox.finish(batch);
        for (const [index, finish] of batch.entries()) {
          const claim = claims.get(finish.token);
          if (verdicts[index] !== "done" || !claim) continue;
          // Asked once more because the answer was lost, the inbox says so again: it is the same execution.
          claims.delete(finish.token);
          deeds.recorded(claim, finish);
        }
        return verdicts;
      }),
    renew: (tokens, leaseMs) => life.call("renew", ["outage"], () => inbox.renew(tokens, leaseMs)),
    unsent: (...wanted) => life.call("unsent", ["outage"], () => inbox.unsent(...wanted)),
    sent: (tokens) => life.call("sent", ["outage", "silence"], () => inbox.sent(tokens)),
    close: async () => {},
  };
}
