import type { Contract } from "../contract/contract.js";
import type { Finding } from "./rule.js";

/** Two documents must not describe a service of the same name: they would write to the same folder. */
export function* uniqueServices(contracts: readonly Pick<Contract, "service" | "origin">[]): Generator<Finding> {
  const first = new Map<string, string>();
  for (const { service, origin } of contracts) {
    const other = first.get(service);
    if (other === undefined) first.set(service, origin.file);
    else {
      yield {
        severity: "error",
        code: "duplicate-service",
        message: `the service '${service}' is already described by ${other}`,
        hint: "Name the documents by service in the config: `documents: { <name>: <path> }`.",
        origin,
      };
    }
  }
}
