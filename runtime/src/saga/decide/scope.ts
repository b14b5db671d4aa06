import type { Json } from "../../codegen.js";
import type { CompensationContext, StepScope } from "../definition.js";
import type { Instance, StepRecord } from "../instance.js";

/** The input and the results so far, by step name, as a step's functions see them. */
export function scopeOf(saga: Instance, more?: { readonly [name: string]: Json | undefined }): StepScope {
  const scope: { [name: string]: Json | undefined } = { input: saga.input };
  for (const [path, record] of Object.entries(saga.steps)) scope[path] = resultOf(record);
  return more ? Object.assign(scope, more) : scope;
}

function resultOf(record: StepRecord): Json | undefined {
  return record.result === undefined ? record.reply : record.result;
}

/** What a step's functions may know beside their scope. */
export function contextOf(saga: Instance, at: number, record?: StepRecord): CompensationContext {
  return { id: saga.id, now: at, request: record?.do?.payload ?? null };
}
