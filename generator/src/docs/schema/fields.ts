import type { NamedType, SchemaNode, SchemaObject } from "../../contract/contract.js";
import { constraints } from "./constraints.js";
import { isTuple, typeLabel } from "./type-label.js";

/** One value of a message as a page shows it: a property, an item, a choice. A tree, finite even where the schema is not. */
export interface Field {
  /** `orderId`, `item`, `any other property`. Empty for the root and for unnamed choices. */
  readonly name: string;
  /** From the root, without array marks: `items.name`. */
  readonly path: string;
  /** Whether `name` is the name of a property, or a word for something nameless. */
  readonly named: boolean;
  readonly required: boolean;
  readonly type: string;
  /** What a type with a name comes down to, where that is no more than a word: `integer`. */
  readonly base?: string;
  /** The type with a name that holds this field. */
  readonly owner?: string;
  readonly schema: SchemaObject;
  readonly description?: string;
  /** Description of the items of a list that has their fields. */
  readonly each?: string;
  readonly deprecated: boolean;
  readonly constraints: readonly string[];
  readonly children: readonly Field[];
  readonly choices: readonly Choices[];
  /** Name of a type that is shown elsewhere: further up (it contains itself), or among the page's types. */
  readonly seeType?: string;
}

/** Schemas of which one, some, all or none apply. */
export interface Choices {
  readonly keyword: "oneOf" | "anyOf" | "allOf" | "not" | "if" | "then" | "else" | "contains" | "propertyNames";
  readonly options: readonly Field[];
}

export interface FieldOptions {
  /** How many fields may still be shown in place; a type that no longer fits is referred to. Counted down. */
  readonly budget: { left: number };
  readonly types: ReadonlyMap<string, NamedType>;
  /** Named types within named types, beyond which they are referred to. */
  readonly depth: number;
}

interface Place {
  readonly name: string;
  readonly path: string;
  readonly named?: boolean;
  readonly required?: boolean;
}

/** Where the reading stands: inside which field, of which type, within which open types. */
interface Level {
  readonly path: string;
  readonly owner: string | undefined;
  readonly open: readonly string[];
  readonly options: FieldOptions;
}

/** Reads the fields of a schema. Named types are opened in place, as long as the budget lasts and they are not open already. */
export function readFields(node: SchemaNode, options: FieldOptions): Field {
  return read(node, { name: "", path: "" }, { path: "", owner: undefined, open: [], options });
}

function read(node: SchemaNode, place: Place, level: Level): Field {
  level.options.budget.left--;
  const written: SchemaObject = typeof node === "boolean" ? {} : node;
  const type = typeOf(written, level);
  const target: SchemaObject = typeof type?.schema === "object" ? type.schema : written;
  const closed = type !== undefined && mustStayClosed(type, level);
  const content = closed ? {} : target;
  const inside: Level = {
    path: place.path,
    owner: type?.name ?? level.owner,
    open: type === undefined || closed ? level.open : [...level.open, type.name],
    options: level.options,
  };
  const description = written.description ?? type?.description ?? target.description;
  const each = closed ? undefined : itemDescription(target, level);
  return {
    name: place.name,
    path: place.path,
    named: place.named ?? false,
    required: place.required ?? false,
    type: typeLabel(node),
    ...(type !== undefined && isLeaf(type.schema) ? { base: typeLabel(type.schema) } : {}),
    ...(level.owner === undefined ? {} : { owner: level.owner }),
    ...(description === undefined ? {} : { description }),
    ...(each === undefined ? {} : { each }),
    schema: { ...target, ...written },
    deprecated: written.deprecated === true || target.deprecated === true || type?.deprecated === true,
    constraints: constraints(target),
    children: children(content, inside),
    choices: choices(content, inside),
    ...(closed ? { seeType: type.name } : {}),
  };
}

function typeOf(schema: SchemaObject, level: Level): NamedType | undefined {
  return schema.$ref === undefined ? undefined : level.options.types.get(schema.$ref);
}

/** A type that holds nothing to look into may always be repeated: its constraints stand in the row itself. */
function mustStayClosed(type: NamedType, { open, options }: Level): boolean {
  if (isLeaf(type.schema)) return false;
  return open.includes(type.name) || open.length >= options.depth || options.budget.left <= 0;
}

function isLeaf(node: SchemaNode): boolean {
  return typeof node === "boolean" || STRUCTURE.every((keyword) => node[keyword] === undefined);
}

const STRUCTURE = [
  "$ref",
  "properties",
  "patternProperties",
  "additionalProperties",
  "items",
  "oneOf",
  "anyOf",
  "allOf",
] as const;

function children(schema: SchemaObject, level: Level): Field[] {
  const { path } = level;
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const fields: Field[] = [];
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(name) ?? false;
    fields.push(read(node, { name, path: at(name), named: true, required }, level));
  }
  for (const [pattern, node] of Object.entries(schema.patternProperties ?? {})) {
    fields.push(read(node, { name: `names like ${pattern}`, path: at(pattern) }, level));
  }
  if (typeof schema.additionalProperties === "object") {
    fields.push(read(schema.additionalProperties, { name: "any other property", path: at("*") }, level));
  }
  if (schema.items !== undefined) fields.push(...items(schema.items, level));
  if (typeof schema.additionalItems === "object") {
    fields.push(read(schema.additionalItems, { name: "further items", path: at("+") }, level));
  }
  for (const part of schema.allOf ?? []) {
    if (isFlat(part, level)) fields.push(...read(part, { name: "", path }, level).children);
  }
  return fields;
}

/**
 * An item that says nothing beyond its type, which stands at the list, needs no row of its own; one that only has
 * fields lends them to the list.
 */
function items(node: SchemaNode | readonly SchemaNode[], level: Level): readonly Field[] {
  if (isTuple(node)) {
    return node.map((one, index) => {
      const name = `${index + 1}${["st", "nd", "rd"][index] ?? "th"} item`;
      return read(one, { name, path: `${level.path}.${index}`, required: true }, level);
    });
  }
  const item = read(node, { name: "each item", path: level.path }, level);
  const silent =
    item.choices.length + item.constraints.length === 0 &&
    item.seeType === undefined &&
    item.schema.enum === undefined &&
    item.schema.format === undefined;
  if (silent && (item.children.length > 0 || item.description === undefined)) return item.children;
  return [item];
}

function itemDescription({ items: node }: SchemaObject, level: Level): string | undefined {
  if (typeof node !== "object" || isTuple(node)) return undefined;
  return node.description ?? typeOf(node, level)?.description;
}

function choices(schema: SchemaObject, level: Level): Choices[] {
  const list = (keyword: Choices["keyword"], nodes: readonly SchemaNode[] = []): Choices[] => {
    if (nodes.length === 0) return [];
    return [{ keyword, options: nodes.map((node) => read(node, { name: "", path: level.path }, level)) }];
  };
  const single = (keyword: Choices["keyword"], node: SchemaNode | undefined): Choices[] =>
    list(keyword, node === undefined ? [] : [node]);
  return [
    ...list("oneOf", schema.oneOf),
    ...list("anyOf", schema.anyOf),
    ...list(
      "allOf",
      schema.allOf?.filter((part) => !isFlat(part, level)),
    ),
    ...single("not", schema.not),
    ...single("if", schema.if),
    ...single("then", schema.then),
    ...single("else", schema.else),
    ...single("contains", schema.contains),
    ...single("propertyNames", schema.propertyNames),
  ];
}

/** Whether a part of an `allOf` is just more properties, which then stand among the others. */
function isFlat(node: SchemaNode, level: Level): boolean {
  if (typeof node === "boolean") return true;
  const type = typeOf(node, level);
  if (type !== undefined && mustStayClosed(type, level)) return false;
  const schema = type === undefined ? node : type.schema;
  if (typeof schema === "boolean") return true;
  return schema.properties !== undefined && CHOICES.every((keyword) => schema[keyword] === undefined);
}

const CHOICES = ["oneOf", "anyOf", "not", "if"] as const;
