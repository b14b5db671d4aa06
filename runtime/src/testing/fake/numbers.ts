import type { NodeObject } from "./node.js";
import type { Random } from "./random.js";

/** A number for a schema, with two decimals where nothing finer is asked for. */
export function fakeNumber(node: NodeObject, random: Random, integer: boolean): number {
  const step = stepOf(node, integer);
  const [least, most] = limits(node, step);
  const [first, last] = [Math.ceil(round(least / step)), Math.floor(round(most / step))];
  if (first > last) return round(least + (most - least) * random.next());
  return round(random.between(first, last) * step);
}

function stepOf(node: NodeObject, integer: boolean): number {
  const { multipleOf } = node;
  if (multipleOf !== undefined)
    return integer && !Number.isInteger(multipleOf) ? wholeMultiple(multipleOf) : multipleOf;
  if (integer) return 1;
  const least = largest(node.minimum, node.exclusiveMinimum);
  const most = smallest(node.maximum, node.exclusiveMaximum);
  const span = least === undefined || most === undefined ? 1 : most - least;
  return span > 0 && span < 0.1 ? span / 10 : 0.01;
}

/** The smallest whole number that is a multiple: 3 for 1.5. */
function wholeMultiple(step: number): number {
  for (let count = 1; count <= 1_000; count += 1) if (Number.isInteger(round(step * count))) return round(step * count);
  return 1;
}

const usualSpan = 1_000;

/** Both ends included: an exclusive limit is one step further in. */
function limits(node: NodeObject, step: number): readonly [least: number, most: number] {
  const least = largest(node.minimum, node.exclusiveMinimum === undefined ? undefined : node.exclusiveMinimum + step);
  const most = smallest(node.maximum, node.exclusiveMaximum === undefined ? undefined : node.exclusiveMaximum - step);
  const span = Math.max(usualSpan, step * 10);
  if (least === undefined) return most === undefined ? [step, span] : [Math.min(most - span, 0), most];
  return [least, Math.min(most ?? Number.POSITIVE_INFINITY, least + span)];
}

function largest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function smallest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** Takes off what binary fractions add: 0.1 * 3. */
const round = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(12)));
