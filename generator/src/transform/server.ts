import type { SecurityScheme, Server } from "../contract/contract.js";
import { referenceOf } from "../load/refs/resolve.js";
import { isObject } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { lastKey } from "../load/yaml/pointer.js";
import type { Context } from "./context.js";
import { extensionsOf } from "./extensions.js";
import { readBindings, readFurther, textsOf } from "./info.js";

/** Server Objects of the document. */
export function readServers(context: Context): Server[] {
  const servers: Server[] = [];
  for (const [name, one] of context.resolver.member(context.root, "servers")?.entries() ?? []) {
    const node = context.resolver.follow(one);
    if (node && isObject(node.value)) servers.push(readServer(context, name, node));
  }
  return servers;
}

function readServer(context: Context, name: string, node: JsonNode): Server {
  const url = splitUrl(node.string("url") ?? "");
  const pathname = node.string("pathname") ?? url.pathname;
  return {
    name,
    origin: node.origin,
    host: node.string("host") ?? url.host,
    protocol: node.string("protocol") ?? url.protocol,
    ...textsOf(node, ["protocolVersion", "title", "summary", "description"]),
    ...readFurther(context, node),
    ...(pathname ? { pathname } : {}),
    variables: [...(node.at("variables")?.entries() ?? [])].map(([key, one]) => readVariable(context, key, one)),
    security: readSecurity(context, node),
    bindings: readBindings(context, node),
    extensions: extensionsOf(node),
  };
}

function readVariable(context: Context, name: string, node: JsonNode): Server["variables"][number] {
  const variable = context.resolver.follow(node);
  const values = variable?.at("enum")?.value;
  const given = variable?.at("default")?.value;
  const examples = variable?.at("examples")?.value;
  return {
    name,
    ...textsOf(variable, ["description"]),
    ...(given === undefined ? {} : { default: String(given) }),
    ...(Array.isArray(values) ? { enum: values.map(String) } : {}),
    ...(Array.isArray(examples) ? { examples: examples.map(String) } : {}),
  };
}

/** A 2.x `url` in the parts that 3.x has: `amqp://host:{port}/vhost`. Variables make it no URL that a parser would take. */
function splitUrl(url: string): { protocol: string; host: string; pathname: string } {
  const [, protocol = "", host = "", pathname = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/]*)(\/.*)?$/i.exec(url) ?? [];
  return { protocol, host, pathname };
}

/** 3.x lists the schemes themselves, 2.x names them with their scopes. */
export function readSecurity(context: Context, node: JsonNode): SecurityScheme[] {
  const schemes: SecurityScheme[] = [];
  for (const [, one] of node.at("security")?.entries() ?? []) {
    const isListed = referenceOf(one.value) !== undefined;
    if (context.major === 3) {
      schemes.push(...readScheme(context, one, isListed ? lastKey(context.resolver.hop(one)?.pointer ?? "") : ""));
    } else {
      const declared = context.resolver.member(context.resolver.member(context.root, "components"), "securitySchemes");
      for (const name of one.keys()) {
        const scheme = declared?.at(name);
        if (scheme) schemes.push(...readScheme(context, scheme, name, one.at(name)?.value));
      }
    }
  }
  return schemes;
}

function readScheme(context: Context, node: JsonNode, name: string, asked?: unknown): SecurityScheme[] {
  const scheme = context.resolver.follow(node);
  if (!scheme || !isObject(scheme.value)) return [];
  const type = scheme.string("type") ?? "";
  const details = isObject(scheme.toJSON) ? scheme.toJSON : {};
  const scopes = asked ?? scheme.at("scopes")?.value;
  const given = Array.isArray(scopes) && scopes.length > 0 ? { scopes: scopes.map(String) } : {};
  return [{ name: name || type, type, ...textsOf(scheme, ["description"]), details, ...given }];
}
