import type { EmitOptions } from "../config/config.js";
import type { Message, SchemaNode } from "../contract/contract.js";
import type { Doc } from "./print/layout.js";
import { typeOf } from "./print/type.js";
import { references } from "./references.js";
import type { FileScope } from "./scope.js";

const json = /[/+]json\b/i;

/** Whether the body is read by the schema; else it is text or bytes, as they are. */
export const hasJsonBody = (message: Message): boolean => json.test(message.contentType);

/** Whether the message carries nothing: only `null`, or no payload where one would be described by a schema. */
export function isEmpty(message: Message): boolean {
  const { payload } = message;
  if (payload === undefined) return hasJsonBody(message);
  return typeof payload === "object" && payload.type === "null";
}

/** The TypeScript type of a message's payload. */
export function payloadType(message: Message | undefined, scope: FileScope, options: EmitOptions): Doc {
  if (!message || isEmpty(message)) return "void";
  if (!hasJsonBody(message)) return /^text\//i.test(message.contentType) ? "string" : "Uint8Array";
  return schemaType(message.payload ?? true, scope, options);
}

/** The TypeScript type of a message's headers, if the document describes them. */
export function headersType(message: Message, scope: FileScope, options: EmitOptions): Doc | undefined {
  return message.headers === undefined ? undefined : schemaType(message.headers, scope, options);
}

function schemaType(node: SchemaNode, scope: FileScope, options: EmitOptions): Doc {
  scope.types(references(node));
  return typeOf(node, { ...options, recursive: scope.unit.graph.recursive });
}
