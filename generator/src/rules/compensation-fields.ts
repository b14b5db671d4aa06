import type { Contract, Operation, SchemaNode } from "../contract/contract.js";
import type { Finding } from "./rule.js";
import { SchemaView } from "./schema-view.js";

/** `x-compensated-by` needs every required field of the compensation's payload in the request: that is all it is filled from. */
export function* compensationFields(contracts: readonly Contract[]): Generator<Finding> {
  for (const contract of contracts) {
    const view = new SchemaView(contract);
    const operations = new Map(contract.operations.map((operation) => [operation.name, operation]));
    for (const operation of contract.operations) {
      const undo = operation.compensatedBy === undefined ? undefined : operations.get(operation.compensatedBy);
      if (!undo) continue;
      const request = view.fields(payloadOf(contract, operation));
      const needed = view.fields(payloadOf(contract, undo));
      const missing = [...needed.required].filter((name) => {
        const [given, wanted] = [request.properties.get(name), needed.properties.get(name)];
        return given === undefined || (wanted !== undefined && shape(view, given) !== shape(view, wanted));
      });
      if (missing.length === 0) continue;
      yield {
        severity: "warning",
        code: "compensation-fields",
        message: `${operation.id} cannot be undone by '${undo.name}' alone: the request has no '${missing.join("', '")}' of the same schema`,
        hint: "State `compensate` in the saga step, or let the compensation need only fields of the request.",
        origin: operation.origin,
      };
    }
  }
}

function payloadOf(contract: Contract, operation: Operation): SchemaNode | undefined {
  const [first] = operation.messages;
  return contract.messages.find((message) => message.key === first?.key)?.payload;
}

const WORDS = new Set(["title", "description", "examples", "default", "deprecated"]);

/** What a schema demands, without its words. References count by name. */
function shape(view: SchemaView, schema: SchemaNode): string {
  const resolved = typeof schema === "object" ? view.resolve(schema) : schema;
  return JSON.stringify(resolved, (key, value: unknown) =>
    WORDS.has(key) || key.startsWith("x-") ? undefined : value,
  );
}
