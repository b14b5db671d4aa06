/** Correlation keys that a saga subscribes to, and the messages that arrived before their wait. */
import { fastMerge } from "../../core/fast-merge.js";
import type { StepNode, StepScope } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import { deliver, isFor, waitsToCome } from "./message.js";
import { contextOf, scopeOf } from "./scope.js";
import type { TransitionBuilder } from "./transition-builder.js";
import { waitsOf } from "./waits.js";

/** Subscribes to the messages of waits that have not started, as soon as their keys can be computed. */
export function subscribeEarly(transition: TransitionBuilder): void {
  const { saga, definition, at } = transition;
  for (const { path, action, bodies } of waitsOf(definition)) {
    if (saga.keys?.[path] !== undefined || saga.steps[path]) continue;
    try {
      const scope = soFar(scopeOf(saga, bodies ? { path, bodies } : undefined));
      subscribe(transition, path, action.operation.id, String(action.key(scope, contextOf(saga, at))));
    } catch {
      // The key depends on a result that is not there yet.
    }
  }
}

/** Subscribes to the messages of a wait; a key that has changed replaces the one before. */
export function subscribe(transition: TransitionBuilder, path: string, channel: string, key: string): void {
  const before = transition.saga.keys?.[path];
  if (before === key) return;
  transition.saga.keys = fastMerge(transition.saga.keys, { [path]: key });
  if (before !== undefined && !isAsked(transition, channel, before))
    transition.keys.push({ channel, key: before, on: false });
  transition.keys.push({ channel, key, on: true });
}

/** Gives up all subscriptions and the messages kept for them: the saga is over. */
export function unsubscribeAll(transition: TransitionBuilder): void {
  const { keys, kept } = transition.saga;
  if (kept) delete transition.saga.kept;
  if (!keys) return;
  delete transition.saga.keys;
  const gone = new Map(
    Object.entries(keys).map(([path, key]) => {
      const channel = channelOf(transition, path);
      return [`${channel} ${key}`, { channel, key, on: false }] as const;
    }),
  );
  transition.keys.push(...gone.values());
}

/**
 * Delivers the messages that arrived before a wait started, oldest first, until one ends it. Those that it passes over
 * stay for the waits after it.
 */
export function takeEarlyMessages(transition: TransitionBuilder, step: StepNode): void {
  for (const message of transition.saga.kept ?? []) {
    if (transition.saga.steps[step.path]?.status !== "open") return;
    if (!isFor(step, transition.saga.keys?.[step.path], message)) continue;
    const isOver = deliver(transition, step, message) || waitsToCome(transition, message).length === 0;
    if (isOver) transition.saga.kept = transition.saga.kept?.filter((one) => one !== message) ?? [];
  }
}

function isAsked(transition: TransitionBuilder, channel: string, key: string): boolean {
  return Object.entries(transition.saga.keys ?? {}).some(
    ([path, one]) => one === key && channelOf(transition, path) === channel,
  );
}

function channelOf({ definition }: TransitionBuilder, path: string): string {
  const action = stepAt(definition, path)?.action;
  return action?.kind === "wait" ? action.operation.id : "";
}

/** Throws where a result is read that is not there yet, so that no key is computed from it. */
function soFar(scope: StepScope): StepScope {
  return new Proxy(scope, {
    get(known, name) {
      const value = typeof name === "string" ? known[name] : undefined;
      if (value === undefined) throw new Error("not known yet");
      return value;
    },
  });
}
