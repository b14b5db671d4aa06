import type { SchemaNode } from "../../contract/contract.js";
import { literal } from "./constraints.js";

/** The type of a value in a word or two, as TypeScript would say it: `CreateTicketItem[]`, `string | null`. */
export function typeLabel(node: SchemaNode): string {
  return label(node, 0);
}

const DEEPEST = 3;

function label(node: SchemaNode, depth: number): string {
  if (node === true) return "any";
  if (node === false) return "never";
  if (node.$ref !== undefined) return node.$ref;
  if (node.const !== undefined) return literal(node.const);
  if (node.type !== undefined) return union(typesOf(node.type).map((type) => typed(node, type, depth)));
  const choices = node.oneOf ?? node.anyOf;
  if (choices !== undefined) return choices.length > 4 ? "one of several" : alternatives(choices, depth, " | ");
  if (node.allOf !== undefined) return alternatives(node.allOf, depth, " & ");
  if (node.enum !== undefined) return union([...new Set(node.enum.map(kindOf))]);
  if (node.properties !== undefined || node.additionalProperties !== undefined) return typed(node, "object", depth);
  if (node.items !== undefined) return typed(node, "array", depth);
  return "any";
}

function typed(node: Exclude<SchemaNode, boolean>, type: string, depth: number): string {
  if (type === "array") {
    const { items } = node;
    if (items === undefined || depth > DEEPEST) return "array";
    if (isTuple(items)) return `[${items.map((item) => label(item, depth + 1)).join(", ")}]`;
    const item = label(items, depth + 1);
    return item.includes(" ") ? `(${item})[]` : `${item}[]`;
  }
  if (type === "object" && node.properties === undefined && depth <= DEEPEST) {
    const { additionalProperties: rest } = node;
    if (typeof rest === "object") return `map of ${label(rest, depth + 1)}`;
  }
  return type;
}

function alternatives(nodes: readonly SchemaNode[], depth: number, between: string): string {
  if (depth > DEEPEST) return "any";
  return [...new Set(nodes.map((node) => label(node, depth + 1)))].join(between);
}

const union = (types: readonly string[]): string => types.join(" | ");

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

export function typesOf(type: string | readonly string[] | undefined): readonly string[] {
  return typeof type === "string" ? [type] : (type ?? []);
}

export function isTuple(items: SchemaNode | readonly SchemaNode[]): items is readonly SchemaNode[] {
  return Array.isArray(items);
}
