/** The fields of Kafka bindings that are used, read tolerantly: documents have every shape of them. */
import type { Bindings, Json } from "../../codegen.js";

export interface KafkaBinding {
  /** Takes the place of the address. */
  readonly topic?: string;
  readonly partitions?: number;
  readonly replicas?: number;
  readonly groupId?: string;
  readonly clientId?: string;
  /** Names and values as the broker knows them: `retention.ms`, `cleanup.policy`. */
  readonly configuration: { readonly [name: string]: string };
}

export function kafkaBinding(bindings: Bindings | undefined): KafkaBinding {
  const kafka = objectOf(bindings?.kafka);
  const topic = textOf(kafka.topic);
  const partitions = countOf(kafka.partitions);
  const replicas = countOf(kafka.replicas);
  const groupId = textOf(kafka.groupId);
  const clientId = textOf(kafka.clientId);
  const configuration = Object.entries(objectOf(kafka.topicConfiguration)).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [[name, value.join(",")]];
    return ["string", "number", "boolean"].includes(typeof value) ? [[name, String(value)]] : [];
  });
  return {
    ...(topic !== undefined && { topic }),
    ...(partitions !== undefined && { partitions }),
    ...(replicas !== undefined && { replicas }),
    ...(groupId !== undefined && { groupId }),
    ...(clientId !== undefined && { clientId }),
    configuration: Object.fromEntries(configuration),
  };
}

function objectOf(value: unknown): { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { [name: string]: Json })
    : {};
}

/** A text, or the only value of a schema: `{ type: string, enum: [orders] }`. A schema of any text says nothing. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  const { const: only, enum: values } = objectOf(value);
  if (typeof only === "string") return only;
  const [first, ...others] = Array.isArray(values) ? values : [];
  return typeof first === "string" && others.length === 0 ? first : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
