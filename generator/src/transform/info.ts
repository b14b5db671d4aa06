import type { Bindings, Contract, Tag } from "../contract/contract.js";
import { isObject, setMember } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";

/** Info Object; in 2.x tags and external documentation stand at the root. */
export function readInfo(context: Context): Pick<Contract, "title" | "version" | "description" | "info"> {
  const info = context.resolver.member(context.root, "info") ?? context.root;
  const about = context.major === 3 ? info : context.root;
  const license = info.at("license")?.string("name");
  const contact = textsOf(info.at("contact"), ["name", "email", "url"]);
  const owner = info.string("x-owner") ?? contact?.name;
  const externalDocs = readExternalDocs(context, about);
  return {
    title: info.string("title") ?? context.service,
    version: info.string("version") ?? "",
    ...textsOf(info, ["description"]),
    info: {
      ...(license === undefined ? {} : { license }),
      ...(owner === undefined ? {} : { owner }),
      ...(contact && Object.keys(contact).length > 0 ? { contact } : {}),
      tags: readTags(context, about),
      ...(externalDocs ? { externalDocs } : {}),
    },
  };
}

export function readTags(context: Context, node: JsonNode): Tag[] {
  const tags: Tag[] = [];
  for (const [, one] of node.at("tags")?.entries() ?? []) {
    const tag = context.resolver.follow(one);
    const name = tag?.string("name");
    if (tag && name !== undefined) tags.push({ name, ...textsOf(tag, ["description"]) });
  }
  return tags;
}

/** Bindings Object by protocol, references followed, `bindingVersion` and all. */
export function readBindings(context: Context, node: JsonNode): Bindings {
  const bindings = {};
  for (const [protocol, one] of context.resolver.member(node, "bindings")?.entries() ?? []) {
    const binding = context.resolver.follow(one)?.toJSON;
    if (isObject(binding) && !protocol.startsWith("x-")) setMember(bindings, protocol, binding);
  }
  return bindings;
}

/** Those of the members that are texts. */
export function textsOf<Key extends string>(node: JsonNode | undefined, keys: readonly Key[]): { [K in Key]?: string } {
  const texts: { [K in Key]?: string } = {};
  for (const key of keys) {
    const text = node?.string(key);
    if (text !== undefined) texts[key] = text;
  }
  return texts;
}

function readExternalDocs(context: Context, node: JsonNode): { url: string; description?: string } | undefined {
  const docs = context.resolver.member(node, "externalDocs");
  const url = docs?.string("url");
  return url === undefined ? undefined : { url, ...textsOf(docs, ["description"]) };
}
