import type { Message } from "../messaging/transport.js";
import { correlationValue } from "./correlation.js";
import { wireName } from "./match-message.js";
import { type Content, formatOf, readPlace } from "./message-format.js";
import { planOf } from "./operation-plan.js";
import type { AnyRequest } from "./operations.js";
import { correlationIn } from "./wire.js";

/**
 * What stands in the place that the contract declares for a request's correlation id: what the content has there
 * already, else what is made of `correlationId`. Undefined where the contract declares none.
 */
export function declaredCorrelation(request: AnyRequest, content: Content, correlationId: string): string | undefined {
  const { correlation, correlationSchema } = planOf(request).format;
  if (!correlation) return undefined;
  return String(readPlace(content, correlation) ?? correlationValue(correlationSchema, correlationId));
}

/** What may tie a message to a request of which it could be the reply: what stands in declared places, then the protocol's. */
export function correlationsOf(request: AnyRequest, message: Message): readonly string[] {
  const name = wireName(message);
  const { success, failure = {} } = request.reply;
  const formats = [...success, ...Object.values(failure)].map(formatOf);
  const declared = formats
    .filter(({ names }) => name === "" || names.includes(name))
    .map((format) => correlationIn(format, message));
  return [...new Set([...declared, message.correlationId])].filter((id) => id !== undefined);
}
