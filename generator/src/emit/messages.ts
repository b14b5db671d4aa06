import type { EmitOptions } from "../config/config.js";
import type { NamedType, SchemaNode, SchemaObject } from "../contract/contract.js";
import { type Member, renderInterface } from "./modelina.js";
import { comment, see } from "./print/comment.js";
import { remarks } from "./print/constraints.js";
import { print } from "./print/layout.js";
import { propertyName } from "./print/literal.js";
import { indexType, isInterface, memberNames, property, type TypeOptions, typeOf } from "./print/type.js";
import { references } from "./references.js";
import { file, foreignImports, type OutputModule } from "./unit.js";

/** `messages.ts`: an interface or an alias for each type, with what the document says of it. */
export async function emitMessages(unit: OutputModule, options: EmitOptions): Promise<string> {
  const types: TypeOptions = { ...options, recursive: unit.graph.recursive };
  const names = unit.types.flatMap((type) => references(type.schema));
  const imports = foreignImports(unit, names, `messages${options.importExtension}`, (name) => [name], true);
  const blocks: string[] = [];
  for (const type of unit.types) blocks.push(await typeDeclaration(type, unit, types));
  return file(unit.header, imports, blocks.length > 0 ? blocks : ["export {};"]);
}

/** One declaration of `messages.ts`, with what the document says of the type. */
export async function typeDeclaration(type: NamedType, unit: OutputModule, options: TypeOptions): Promise<string> {
  const { schema } = type;
  const about = [type.description, ...(isInterface(schema) ? [] : [remarks(schema)])].filter(Boolean).join(" ");
  const docs = comment([about, type.deprecated ? "@deprecated" : undefined, see(type.origin, unit.document)]);
  if (!isInterface(schema)) return `${docs}${print(["export type ", type.name, " = ", typeOf(schema, options), ";"])}`;
  return `${docs}export ${await renderInterface(type.name, members(schema, options))}`;
}

function members(schema: SchemaObject, options: TypeOptions): readonly Member[] {
  const named = memberNames(schema).map((name): Member => {
    const node = property(schema, name);
    const required = schema.required?.includes(name) ?? false;
    return { name: propertyName(name), required, type: typeOf(node, options), comment: memberComment(node) };
  });
  const type = indexType(schema, options);
  return type ? [...named, { name: "[key: string]", required: true, type, comment: "" }] : named;
}

function memberComment(node: SchemaNode): string {
  if (typeof node === "boolean") return "";
  const about = [node.description, remarks(node)].filter(Boolean).join(" ");
  return comment([about, node.deprecated ? "@deprecated" : undefined]);
}
