import type { Bindings, Contract, ExternalDocs, Tag } from "../contract/contract.js";
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
  const licenseUrl = info.at("license")?.string("url");
  const id = context.root.string("id");
  return {
    title: info.string("title") ?? context.service,
    version: info.string("version") ?? "",
    ...textsOf(info, ["description"]),
    info: {
      ...(id === undefined ? {} : { id }),
      ...(license === undefined ? {} : { license }),
      ...(licenseUrl === undefined ? {} : { licenseUrl }),
      ...textsOf(info, ["termsOfService"]),
      ...(owner === undefined ? {} : { owner }),
      ...(contact && Object.keys(contact).length > 0 ? { contact } : {}),
      tags: readTags(context, about),
      ...readExternalDocs(context, about),
    },
  };
}

export function readTags(context: Context, node: JsonNode): Tag[] {
  const tags: Tag[] = [];
  for (const [, one] of node.at("tags")?.entries() ?? []) {
    const tag = context.resolver.follow(one);
    const name = tag?.string("name");
    if (tag && name !== undefined)
      tags.push({ name, ...textsOf(tag, ["description"]), ...readExternalDocs(context, tag) });
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

/** The member `externalDocs`, where there is one. */
export function readExternalDocs(context: Context, node: JsonNode): { externalDocs?: ExternalDocs } {
  const docs = context.resolver.member(node, "externalDocs");
  const url = docs?.string("url");
  return url === undefined ? {} : { externalDocs: { url, ...textsOf(docs, ["description"]) } };
}

/** Tags and external documentation of a server or a channel, each where there is one. */
export function readFurther(context: Context, node: JsonNode): { tags?: readonly Tag[]; externalDocs?: ExternalDocs } {
  const tags = readTags(context, node);
  return { ...(tags.length === 0 ? {} : { tags }), ...readExternalDocs(context, node) };
}
