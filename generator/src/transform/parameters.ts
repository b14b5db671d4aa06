import type { Parameter } from "../contract/contract.js";
import { member } from "../load/yaml/json.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import type { Context } from "./context.js";
import { textsOf } from "./info.js";

/** Parameters of a channel's address: those declared, then those that only the address shows. */
export function readParameters(context: Context, channel: JsonNode, address: string | null): Parameter[] {
  const parameters: Parameter[] = [];
  for (const [name, one] of context.resolver.member(channel, "parameters")?.entries() ?? []) {
    if (name.startsWith("x-")) continue;
    const node = context.resolver.follow(one);
    if (node) parameters.push(readParameter(context, name, node));
  }
  for (const name of expressions(address ?? "")) {
    if (!parameters.some((one) => one.name === name)) parameters.push({ name, origin: channel.origin });
  }
  return parameters;
}

/** Names in braces: `orders.{region}.{orderId}`. */
export function expressions(address: string): string[] {
  return [...new Set([...address.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name))];
}

function readParameter(context: Context, name: string, node: JsonNode): Parameter {
  // 2.x keeps enum and default in a schema.
  const schema = context.resolver.member(node, "schema");
  const values = member(node.value, "enum") ?? member(schema?.value, "enum");
  const given = member(node.value, "default") ?? member(schema?.value, "default");
  const examples = member(node.value, "examples") ?? member(schema?.value, "examples");
  return {
    name,
    origin: node.origin,
    ...textsOf(schema, ["description"]),
    ...textsOf(node, ["description", "location"]),
    ...(Array.isArray(values) ? { enum: values.map(String) } : {}),
    ...(given === undefined ? {} : { default: String(given) }),
    ...(Array.isArray(examples) ? { examples: examples.map(String) } : {}),
  };
}
