import type { Bug } from "./mutant.js";
/** What could have been done wrong, and how the simulation says so. */
export const bugs: { readonly [what: string]: { readonly plant: readonly Bug[]; readonly found: RegExp } } = {
  "skipping the version check": {
    plant: [
      {
        file: "memory/saga-tables.ts",
        replace: 'if ((stored?.row.revision ?? 0) !== expected) return "conflict";',
        by: "",
      },
    ],
    found: /decided on revision/,
  },
  "acknowledging before the commit": {
    plant: [
      {
        file: "saga/runner/replies.ts",
        replace: "  let outcome:",
        by: '  incoming.settle("ack");\n  let outcome:',
      },
    ],
    found: /before it is stored/,
  },
  "an undo that does not contend with its command": {
    plant: [
      {
        file: "memory/inbox.ts",
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
        replace: "const round = (taskOf(record, side)?.round ?? 0) + 1;",
        by: 'const round = side === "undo" ? 1 : (taskOf(record, side)?.round ?? 0) + 1;',
      },
    ],
    found: /begins again under the same id/,
  },
  "a verdict from a cached row": {
    plant: [
      {
        file: "saga/runner/batch.ts",
        replace: "waiting.item.careful && slot.readAt < waiting.arrived",
        by: "false",
      },
    ],
    found: /before it is stored/,
  },
  "timers that fire while deaf": {
    plant: [
      { file: "saga/runner/hearing.ts", replace: "isDeaf(): boolean {", by: "isDeaf(): boolean {\n    return false;" },
    ],
    found: /unheard/,
  },
  "publishing after the undo": {
    plant: [
      {
        file: "memory/saga-tables.ts",
        replace: "for (const key of commit.closed) this.effects.delete(key);",
        by: "",
      },
    ],
    found: /although its end is stored/,
  },
  "a wait and its event missing each other": {
    plant: [
      {
        file: "saga/runner/runner.ts",
        replace: "if (decision.keys.length > 0) this.#events.asked(decision.keys);",
        by: "",
      },
      { file: "saga/runner/sweeper.ts", replace: "this.#outlets.events(events);", by: "" },
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
};
