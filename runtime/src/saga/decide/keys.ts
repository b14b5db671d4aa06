/** What messages a saga asks for, and what it does with those that come before their wait. */
import { fastMerge } from "../../core/fast-merge.js";
import type { StepNode, StepScope } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { deliver } from "./message.js";
import { contextOf, scopeOf } from "./scope.js";
import type { TransitionBuilder } from "./transition-builder.js";
import { isWait, waitsOf } from "./waits.js";

/** Asks for the messages of waits to come, as soon as their keys can be known. */
export function subscribeEarly(turn: TransitionBuilder): void {
  const { saga, definition, at } = turn;
  for (const { path, action, bodies } of waitsOf(definition)) {
    if (saga.keys?.[path] !== undefined || saga.steps[path]) continue;
    try {
      const scope = soFar(scopeOf(saga, bodies ? { path, bodies } : undefined));
      subscribe(turn, path, action.operation.id, String(action.key(scope, contextOf(saga, at))));
    } catch {
      // The key depends on what is not known yet.
    }
  }
}

/** Asks for the messages of a wait: under another key than before, if that has changed. */
export function subscribe(turn: TransitionBuilder, path: string, channel: string, key: string): void {
  const before = turn.saga.keys?.[path];
  if (before === key) return;
  turn.saga.keys = fastMerge(turn.saga.keys, { [path]: key });
  if (before !== undefined && !isAsked(turn, channel, before)) turn.keys.push({ channel, key: before, on: false });
  turn.keys.push({ channel, key, on: true });
}

/** The saga is over: nobody keeps messages for it. */
export function unsubscribeAll(turn: TransitionBuilder): void {
  const { keys, kept } = turn.saga;
  if (kept) delete turn.saga.kept;
  if (!keys) return;
  delete turn.saga.keys;
  const gone = new Map(
    Object.entries(keys).map(([path, key]) => {
      const channel = channelOf(turn, path);
      return [`${channel} ${key}`, { channel, key, on: false }] as const;
    }),
  );
  turn.keys.push(...gone.values());
}

/** Gives a wait that begins the messages that came before it, oldest first, until one ends it. */
export function takeEarlyMessages(turn: TransitionBuilder, step: StepNode): void {
  const key = turn.saga.keys?.[step.path];
  for (const message of turn.saga.kept ?? []) {
    if (turn.saga.steps[step.path]?.status !== "open") return;
    if (message.key !== key || !isWait(step) || message.channel !== step.action.operation.id) continue;
    turn.saga.kept = turn.saga.kept?.filter((one) => one !== message) ?? [];
    deliver(turn, step, message);
  }
}

function isAsked(turn: TransitionBuilder, channel: string, key: string): boolean {
  return Object.entries(turn.saga.keys ?? {}).some(([path, one]) => one === key && channelOf(turn, path) === channel);
}

function channelOf({ definition }: TransitionBuilder, path: string): string {
  const action = stepAt(definition, path)?.action;
  return action?.kind === "wait" ? action.operation.id : "";
}

/** Reading what is not there yet throws, so that no key is made of it. */
function soFar(scope: StepScope): StepScope {
  return new Proxy(scope, {
    get(known, name) {
      const value = typeof name === "string" ? known[name] : undefined;
      if (value === undefined) throw new Error("not known yet");
      return value;
    },
  });
}
