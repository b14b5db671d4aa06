/** What of the definitions has been reached in simulated histories, and what has not. */
import type { Node, SagaDefinition } from "../../saga/define/definition.js";
import { childrenOf, stepsOf } from "../../saga/define/nodes.js";
import type { Instance } from "../../saga/store/instance.js";
import type { PlayedHistory } from "./history.js";

/** What sagas of one definition have come to. */
interface Reached {
  readonly definition: SagaDefinition;
  began: number;
  readonly ends: Set<string>;
  /** Steps that began, waits that a message ended, compensations that began, cases that were taken: by kind and path. */
  readonly places: Set<string>;
}

const noEvent = ": none can be made up that its `match` reads the key from; publish it with `history.publish`";
/** With fewer sagas than this it may be chance that none was completed. */
const enough = 20;

export class Reach {
  readonly #byName = new Map<string, Reached>();

  /** Adds what one history has come to. */
  add(definitions: readonly SagaDefinition[], { end: { sagas }, impossibleEvents }: PlayedHistory): void {
    for (const definition of definitions) {
      const reached = this.#byName.get(nameOf(definition)) ?? {
        definition,
        began: 0,
        ends: new Set(),
        places: new Set(),
      };
      this.#byName.set(nameOf(definition), reached);
    }
    for (const [name, paths] of impossibleEvents) {
      for (const path of paths) this.#byName.get(name)?.places.add(`no event ${templateOf(path)}`);
    }
    for (const saga of sagas) {
      const reached = this.#byName.get(nameOf(saga));
      if (!reached) continue;
      reached.began += 1;
      reached.ends.add(saga.status);
      for (const { kind, step, data } of saga.history) {
        if (step === undefined) continue;
        const path = templateOf(step);
        reached.places.add(kind === "branch-taken" ? `${kind} ${path} ${data}` : `${kind} ${path}`);
      }
      const { steps } = saga.state as unknown as Instance;
      for (const [path, { status }] of Object.entries(steps)) {
        if (status !== "skipped") reached.places.add(`step-started ${templateOf(path)}`);
      }
    }
  }

  /** One line for each step, wait, compensation, case and end that was never reached. */
  unreached(): readonly string[] {
    return [...this.#byName.values()].flatMap(({ definition, began, ends, places }) => {
      const name = nameOf(definition);
      if (began === 0) return [`${name}: no saga began`];
      const lines: string[] = [];
      if (!ends.has("completed")) lines.push("no saga was completed");
      let isPastPivot = false;
      for (const { path, action, compensate, pivot } of stepsOf(definition).values()) {
        isPastPivot ||= pivot;
        const hasBegun = places.has(`step-started ${path}`);
        if (!hasBegun) lines.push(`step '${path}' never began`);
        else if (action?.kind === "wait" && !places.has(`step-succeeded ${path}`))
          lines.push(
            `the wait of step '${path}' was never ended by a message${places.has(`no event ${path}`) ? noEvent : ""}`,
          );
        if (hasBegun && compensate && !isPastPivot && !places.has(`compensation-started ${path}`))
          lines.push(`step '${path}' was never compensated`);
      }
      for (const [path, taken] of casesOf(definition.root)) {
        if (!places.has(`branch-taken ${path} ${taken}`))
          lines.push(`case '${taken}' of branch '${path}' was never taken`);
      }
      return lines.map((line) => `${name}: ${line}`);
    });
  }

  /** Definitions of which many sagas began and none was completed. */
  neverCompleted(): readonly string[] {
    return [...this.#byName.values()]
      .filter(({ began, ends }) => began >= enough && !ends.has("completed"))
      .map(({ definition }) => nameOf(definition));
  }
}

function nameOf({ type, version }: { readonly type: string; readonly version: number }): string {
  return `${type} v${version}`;
}

/** A path of a saga as its definition has it: the index of an item is `*` there. */
function templateOf(path: string): string {
  return path.replace(/\/\d+(?=\/)/g, "/*");
}

function casesOf(node: Node): (readonly [path: string, taken: string])[] {
  const own = node.kind === "branch" ? Object.keys(node.cases).map((taken) => [node.path, taken] as const) : [];
  return [...own, ...childrenOf(node).flatMap(casesOf)];
}
