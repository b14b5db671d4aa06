/** What the functions of a saga's author see, and what it means when one of them throws. */
import type { Json } from "../../codegen.js";
import { messageOf } from "../../core/errors.js";
import type { Failure } from "../../wire/failure.js";
import type { CompensationContext, StepNode, StepScope } from "../define/definition.js";
import type { Instance, StepRecord } from "../store/instance.js";
import { frozen } from "../store/kept-json.js";

type Tree = { [name: string]: Json | undefined };

/** The part of a step that its scope depends on. */
type Standing = Pick<StepNode, "path" | "bodies">;

/**
 * The input and the results so far, by step name, as the functions of a step see them: of the groups around it the steps
 * by name, of the others an object each, and of an `each` a list. Frozen: what a function changes would be kept by accident.
 */
export function scopeOf(
  saga: Instance,
  step?: Standing,
  more?: { readonly [name: string]: Json | undefined },
): StepScope {
  const scope: Tree = { input: saga.input };
  if (saga.groups) Object.assign(scope, treeOf(saga));
  else for (const [path, record] of Object.entries(saga.steps)) scope[path] = resultOf(record);
  if (step?.bodies) for (const length of step.bodies) enter(scope, saga, step.path.split("/").slice(0, length));
  return frozen(more ? Object.assign(scope, more) : scope);
}

function treeOf(saga: Instance): Tree {
  const tree: Tree = {};
  for (const [path, { items }] of Object.entries(saga.groups ?? {}))
    if (items)
      put(
        tree,
        path,
        items.map(() => ({})),
      );
  for (const [path, record] of Object.entries(saga.steps)) put(tree, path, resultOf(record));
  return tree;
}

function put(tree: Tree, path: string, value: Json | undefined): void {
  const names = path.split("/");
  const last = names.pop() ?? "";
  let at = tree;
  for (const name of names) {
    at[name] ??= {};
    at = at[name] as Tree;
  }
  at[last] = value;
}

/** Inside a group its steps are seen by name. */
function enter(scope: Tree, saga: Instance, segments: readonly string[]): void {
  let at: Json | undefined = scope as Json;
  for (const name of segments) at = (at as Tree | undefined)?.[name];
  Object.assign(scope, at);
  const index = Number(segments.at(-1));
  if (Number.isNaN(index)) return;
  scope.index = index;
  scope.item = saga.groups?.[segments.slice(0, -1).join("/")]?.items?.[index];
}

/** What later steps see of a step. */
export function resultOf(record: StepRecord): Json | undefined {
  return record.result === undefined ? record.reply : record.result;
}

/** What a step's functions may know beside their scope. */
export function contextOf(saga: Instance, at: number, record?: StepRecord): CompensationContext {
  return { id: saga.id, now: at, request: record?.do?.payload ?? null };
}

/** What an error of an author's function means: nothing was sent, and trying again would throw again. */
export function failureFromError(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "Error";
  return { kind: "terminal", name, message: messageOf(error) };
}
