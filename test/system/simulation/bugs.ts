import type { Bug } from "./mutant.js";
/** What could have been done wrong, and how the simulation says so. */
export const bugs: {
  readonly [what: string]: {
    readonly plant: readonly Bug[];
    readonly found: RegExp;
    /** How to look for it, where it seldom happens. */
    readonly settings?: readonly string[];
    /** The one kind of fault that finds it, and its rate: there are no others then. */
    readonly only?: string;
  };
} = {
  "skipping the version check": {
    plant: [
      {
        file: "stores/memory/saga-tables.ts",
        replace: 'if ((stored?.row.revision ?? 0) !== expected) return "conflict";',
        by: "",
      },
    ],
    found: /decided on revision/,
  },
  "acknowledging before the commit": {
    plant: [
      {
        file: "saga/run/reply-router.ts",
        replace: "  let outcome:",
        by: '  incoming.settle("ack");\n  let outcome:',
      },
    ],
    found: /before it is stored/,
  },
  "an undo that does not contend with its command": {
    plant: [
      {
        file: "messaging/memory-inbox.ts",
        replace:
          'const row = this.#byMessage.get(messageId) ?? this.#insert(messageId, { ...undo, messageId, key: "" }, 0);',
        by: "const row = this.#byMessage.get(messageId);\n    if (!row) return undo;",
      },
    ],
    found: /took effect after it had been undone/,
  },
  "a repeated undo with the old id": {
    plant: [
      {
        file: "saga/decide/attempt.ts",
        replace: "const round = (before?.round ?? 0) + 1;",
        by: 'const round = side === "undo" ? 1 : (before?.round ?? 0) + 1;',
      },
    ],
    found: /begins again under the same id/,
  },
  "a decision on a cached row": {
    plant: [
      {
        file: "saga/run/commit-batches.ts",
        replace: "waiting.item.needsFreshRow && slot.readAt < waiting.arrived",
        by: "false",
      },
    ],
    found: /before it is stored/,
  },
  "timers that fire while disconnected": {
    plant: [
      {
        file: "saga/run/reply-connectivity.ts",
        replace: "isDisconnected(): boolean {",
        by: "isDisconnected(): boolean {\n    return false;",
      },
    ],
    found: /unheard/,
  },
  "publishing after the undo": {
    plant: [
      {
        file: "stores/memory/saga-tables.ts",
        replace: "for (const key of commit.closed) this.effects.delete(key);",
        by: "",
      },
    ],
    found: /although its end is stored/,
  },
  "a wait and its event missing each other": {
    plant: [
      {
        file: "saga/run/create-components.ts",
        replace: "if (decision.keys.length > 0) events.asked(decision.keys);",
        by: "",
      },
      { file: "saga/run/sweeper.ts", replace: "this.#outlets.events(events);", by: "" },
    ],
    found: /waited in vain/,
  },
  "a run that outlives its lease counted twice": {
    plant: [
      {
        file: "saga/decide/outcome.ts",
        replace: 'if (work.action.kind === "run" && event.attempt !== task.attempt) return "stale";',
        by: "",
      },
    ],
    found: /counted while attempt/,
  },
  "a step that starts while its saga is paused": {
    plant: [{ file: "saga/decide/advance.ts", replace: "if (!transition.saga.paused) settle", by: "settle" }],
    found: /it starts, although the saga is paused/,
  },
  "a step that does not wait for the one before": {
    plant: [
      {
        file: "saga/decide/advance.ts",
        replace: 'if (progress !== "done") return progress;',
        by: 'if (progress !== "done" && progress !== "open") return progress;',
      },
    ],
    found: /it starts before '.*' is over/,
  },
  "undoing what started first, first": {
    plant: [
      {
        file: "saga/decide/compensation.ts",
        replace: "if (record.order <= order ||",
        by: "if ((order > 0 && record.order >= order) ||",
      },
    ],
    found: /and it had started later/,
  },
  "an end while a command is open": {
    plant: [{ file: "saga/decide/advance.ts", replace: "if (isUnderWay(transition)) return", by: "if (false) return" }],
    found: /it is completed, but its step '.*' is (open|undoing)/,
  },
  "a list that does not wait for its items": {
    plant: [
      {
        file: "saga/decide/groups.ts",
        replace: 'return running > 0 ? "open" : ended(transition, node, "done");',
        by: 'return ended(transition, node, "done");',
      },
    ],
    found: /starts before 'seats/,
  },
  "a message without an answer that is taken for sent": {
    plant: [
      {
        file: "saga/run/publisher.ts",
        replace: 'if (verdict === "accepted" ||',
        by: 'if (verdict === "accepted" || verdict === "unknown" ||',
      },
    ],
    found: /its participant has not done it|its event was never published/,
  },
  "a reply to another worker's saga that nobody keeps": {
    plant: [
      {
        file: "saga/run/reply-router.ts",
        replace: "(saga) => this.#keep(saga, incoming)",
        by: '() => incoming.settle("ack")',
      },
    ],
    found: /before it is stored/,
  },
  "a transaction of which nobody is told": {
    plant: [
      {
        file: "saga/run/transactional-run.ts",
        replace: "decision, { now: at, publishes });",
        by: "decision, { now: at, publishes: false });",
      },
    ],
    found: /no event is to be published/,
  },
  "an answer that says nothing of how the saga ended": {
    plant: [
      {
        file: "saga/run/requester-replies.ts",
        replace: 'if (status === "completed") return',
        by: "if (status) return",
      },
    ],
    found: /was told of another end/,
  },
  "an act that is carried out again after a commit without an answer": {
    plant: [
      {
        file: "saga/decide/operate.ts",
        replace: 'if (id !== undefined && saga.acts?.includes(id)) return "duplicate";',
        by: "",
      },
    ],
    found: /was carried out 2 times|was refused, which was carried out/,
    settings: ["--fault", "operatorAct=1", "--fault", "lostResponse=0.3", "--fault", "unattended=1"],
  },
  "retention that never comes to an end": {
    plant: [{ file: "saga/run/retention.ts", replace: "const isBehind = [", by: "return;\n    const isBehind = [" }],
    found: /should be left of it/,
  },
  "a child that is deleted while its parent may want it undone": {
    plant: [{ file: "stores/memory/saga-admin.ts", replace: "isOld(id) && !tables.parentOf(id)", by: "isOld(id)" }],
    found: /although its parent is there/,
    settings: ["--fault", "unattended=1"],
  },
  "a tick that every worker takes for its own": {
    plant: [{ file: "saga/run/scheduler.ts", replace: "keyOf(definition, at));", by: "crypto.randomUUID());" }],
    found: /with \d bookings, not 1/,
  },
  "a callback that ends its process": {
    plant: [
      {
        file: "core/problems.ts",
        replace: "attempt(() => onProblem(problem), failed(problem));",
        by: "onProblem(problem);",
      },
      {
        file: "core/problems.ts",
        replace: "return (...given) => attempt(() => callback(...given), failed);",
        by: "return (...given) => void (failed ? callback(...given) : undefined);",
      },
    ],
    found: /nothing catches: simulation: (onProblem|observe|onLateReply) failed/,
    only: "callbackError=0.1",
  },
  "a logger that ends its process": {
    plant: [
      {
        file: "core/problems.ts",
        replace: "attempt(() => logger[levels[kind]](details, reason), failed(problem));",
        by: "logger[levels[kind]](details, reason);",
      },
    ],
    found: /nothing catches: simulation: logger .* failed/,
    settings: ["--fault", "callbackError=0.2"],
  },
  "an event that is nested too deep for a recursive reader": {
    plant: [
      { file: "wire/codec.ts", replace: "if (depth > deepest) throw", by: "if (depth < 0) throw" },
      { file: "saga/store/kept-json.ts", replace: "if (around.length === deepest) return", by: "if (false) return" },
      {
        file: "saga/run/events.ts",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the source
        replace: "incoming.settle({ dead: `invalid-message: ${messageOf(error)}` });",
        by: "throw error;",
      },
    ],
    found: /nothing catches: Maximum call stack size exceeded/,
    only: "malformed=0.1",
  },
  "a message that nobody can read, tried for ever": {
    plant: [
      {
        file: "server/message-processor.ts",
        replace: 'if ("invalid" in choice) return this.#disposition.refuse(routes, incoming, choice.invalid.message);',
        by: 'if ("invalid" in choice) return this.#disposition.tryAgain(incoming);',
      },
    ],
    found: /takes .* for the 21th time/,
    only: "malformed=0.1",
  },
  "a valid answer that goes with one that cannot be stored": {
    plant: [{ file: "saga/run/commit-batches.ts", replace: "if (items.length > 1) {", by: "if (items.length < 0) {" }],
    found: /settles the answer to .* before it is stored/,
    settings: ["--fault", "unstorable=0.1"],
  },
  "an event that cannot be stored, and keeps its queue from everything else": {
    plant: [
      {
        file: "saga/run/events.ts",
        replace: "return bisect(told, write, isInvalidMessage);",
        by: "return write(told);",
      },
    ],
    found: /waited in vain|never comes to rest/,
    only: "unstorable=0.2",
  },
  "a refusal by the broker that is taken for no answer": {
    plant: [
      {
        file: "saga/run/publisher.ts",
        replace: "else if (isRefused(verdict)) this.#refused(effect, verdict);",
        by: "",
      },
    ],
    found: /timed out, though the broker had said that it does not take it/,
    only: "refused=0.05",
  },
  "an answer after a refusal that is taken for a duplicate": {
    plant: [
      {
        file: "saga/decide/attempt.ts",
        replace: "isAnswer(failure.kind) ?",
        by: 'failure.kind !== "timeout" ?',
      },
      { file: "saga/decide/attempt.ts", replace: "task.resent === true", by: "task.resent === undefined" },
    ],
    found: /its participant has done it for good/,
    settings: ["--fault", "refused=0.1"],
  },
  "a command of a later version that an older service acknowledges": {
    plant: [
      {
        file: "server/disposition.ts",
        replace: 'if (routes.every(({ operation }) => operation.action === "send"))',
        by: "if (routes)",
      },
    ],
    found: /settles .*, which no service has taken|participant has not done it/,
    only: "oldVersion=0.5",
  },
  "requests that carry the reply queue of a lost connection": {
    plant: [
      {
        file: "client/requester.ts",
        replace: "(subscription) => {\n        this.#known.set(key, subscription);\n        return subscription;",
        by: "({ address }) => {\n        const subscription = { address } as Subscription;\n        this.#known.set(key, subscription);\n        return subscription;",
      },
    ],
    found: /has no answer/,
    only: "disconnect=0.05",
  },
  "a saga that another process has begun, and of which no worker hears": {
    plant: [
      { file: "admin/transitions.ts", replace: "store.commit([commit], { handOver })", by: "store.commit([commit])" },
    ],
    found: /no worker has sent it 1000 ms after another process began its saga/,
    only: "starter=0.8",
  },
  "an event that came before its saga, and counts for nothing": {
    plant: [
      {
        file: "saga/decide/message.ts",
        replace: "event.storedAt < saga.startedAt - earlyMs",
        by: "event.storedAt < saga.startedAt",
      },
    ],
    found: /waited in vain for an event that was told/,
  },
  "an event that a wait has passed over, and that the next wait never sees": {
    plant: [
      {
        file: "saga/decide/message.ts",
        replace: "const first = next.find(",
        by: "const first = isPassed ? undefined : next.find(",
      },
    ],
    found: /waited in vain for an event that was told/,
  },
  "a saga that keeps what JSON does not, until its row is read again": {
    plant: [
      {
        file: "saga/store/kept-json.ts",
        replace: 'if ("toJSON" in value && typeof value.toJSON === "function") return',
        by: "if (value instanceof Date) return value;\n  if (false) return",
      },
    ],
    found: /keeps what JSON does not/,
  },
  "an input that a function of a saga can change": {
    plant: [
      { file: "saga/store/kept-json.ts", replace: "return Object.freeze(copy);", by: "return copy;" },
      { file: "saga/store/kept-json.ts", replace: "return Object.freeze(value);", by: "return value;" },
    ],
    found: /odd.* with 0 bookings, not 1|its history in the store is not what was written|in the store it is not/,
  },
};
