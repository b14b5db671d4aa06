import { isPermanent, messageOf } from "../core/errors.js";
import type { ReportProblem } from "../core/problems.js";
import type { Inbox } from "../messaging/inbox.js";
import { needsResending } from "../messaging/sender.js";
import type { AnyRequest } from "../wire/operations.js";
import type { InboxCalls } from "./inbox-calls.js";
import { noReplyAddress } from "./invocation.js";
import { operationIn } from "./recorded-reply.js";
import type { Replier } from "./replier.js";
import type { Route } from "./route.js";

const sweptAtATime = 100;

export interface UnsentRepliesOptions {
  readonly inbox: Inbox;
  readonly calls: InboxCalls;
  readonly replier: Replier;
  readonly report: ReportProblem;
}

/** Recorded replies that a crash or a lost connection has kept back. */
export class UnsentReplies {
  readonly #options: UnsentRepliesOptions;
  readonly #requests = new Map<string, AnyRequest>();
  /** What the inbox calls the requests. */
  readonly #scopes = new Set<string>();

  constructor(routes: readonly Route[], options: UnsentRepliesOptions) {
    this.#options = options;
    for (const { operation, scope } of routes) {
      if (operation.kind !== "request") continue;
      this.#requests.set(operation.id, operation);
      this.#scopes.add(scope);
    }
  }

  /** Sends those that are older than this. */
  async sweep(olderThanMs: number): Promise<void> {
    const { inbox, calls, replier, report } = this.#options;
    const unsent = await inbox.unsent([...this.#scopes], olderThanMs, sweptAtATime);
    for (const { token, reply } of unsent) {
      const request = this.#requests.get(operationIn(reply));
      if (!request) continue;
      const sent = await replier.resend(request, reply, noReplyAddress, undefined).catch((error) => {
        if (!isPermanent(error)) throw error;
        // The contract has changed since: nobody could read it any more, and those behind it must not wait.
        report({ kind: "unavailable", operation: request.id, reason: messageOf(error), error });
        return "nothing" as const;
      });
      const isSettled = sent === "nothing" || sent === "not-understood" || !needsResending(sent);
      if (isSettled) await calls.confirm(token);
    }
  }
}
