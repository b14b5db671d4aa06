import { isDeepStrictEqual } from "node:util";
import type { Bindings, Origin } from "../contract/contract.js";
import { child } from "../load/yaml/pointer.js";
import type { Change, Level, Side } from "./change.js";

/**
 * Changed bindings. Those of a channel name queues, topics and exchanges, so a change parts the two ends; elsewhere they
 * tune how one end uses the protocol: the caller says which of both it is.
 */
export function bindingChanges(
  subject: string,
  old: { readonly bindings: Bindings },
  now: { readonly bindings: Bindings; readonly origin: Origin },
  side: Side,
  level: Level,
): Change[] {
  const protocols = new Set([...Object.keys(old.bindings), ...Object.keys(now.bindings)]);
  return [...protocols].flatMap((protocol) => {
    const [was, is] = [meaningful(old.bindings[protocol]), meaningful(now.bindings[protocol])];
    if (isDeepStrictEqual(was, is)) return [];
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (key) => !isDeepStrictEqual(was[key], is[key]),
    );
    const added = old.bindings[protocol] === undefined;
    return [
      {
        level: added ? "unknown" : level,
        code: added ? "binding-added" : "binding-changed",
        what: `The ${protocol} binding of ${subject} is ${added ? "new" : "different"}: ${keys.join(", ")}.`,
        pointer: child(`${now.origin.pointer}/bindings`, protocol),
        side,
      },
    ];
  });
}

function meaningful(binding: Bindings[string] | undefined): { readonly [key: string]: unknown } {
  const { bindingVersion: _, ...rest } = binding ?? {};
  return rest;
}
