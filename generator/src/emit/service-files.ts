import type { EmitOptions, GeneratedFile, Plugin } from "../config/config.js";
import type { Contract } from "../contract/contract.js";
import type { DocumentRecord } from "../pipeline/cache.js";
import { emitContract } from "./contract.js";
import { emitFixtures } from "./fixtures.js";
import { stubsOf } from "./handlers/handler-signatures.js";
import { emitIndex } from "./index.js";
import { emitMessages } from "./messages.js";
import { sides } from "./names.js";
import { emitSchemas } from "./schemas.js";
import { sharedUnits } from "./shared-modules.js";
import { type OutputModule, serviceUnit } from "./unit.js";

/** Sagaspec's own output: a folder for each service. */
export const services: Plugin = {
  name: "services",
  async emit(contracts, options) {
    const files = contracts.map((contract) => serviceFiles(contract, options));
    return (await Promise.all(files)).flat();
  },
};

/** The types of files that several documents refer to: a folder for each file. */
export const shared: Plugin = {
  name: "shared",
  async emit(contracts, options) {
    const files = sharedUnits(contracts).map((unit) => typeFiles(unit, options));
    return (await Promise.all(files)).flat();
  },
};

async function serviceFiles(contract: Contract, options: EmitOptions): Promise<readonly GeneratedFile[]> {
  const unit = serviceUnit(contract);
  const files = [...(await typeFiles(unit, options, contract))];
  if (sides(contract, options.role(contract.service)).length > 0) {
    files.push({ path: `${unit.path}/contract.ts`, content: emitContract(contract, unit, options) });
  }
  const fixtures = await emitFixtures(contract, unit, options);
  if (fixtures) files.push({ path: `${unit.path}/fixtures.ts`, content: fixtures });
  return files;
}

async function typeFiles(
  unit: OutputModule,
  options: EmitOptions,
  contract?: Contract,
): Promise<readonly GeneratedFile[]> {
  return [
    { path: `${unit.path}/index.ts`, content: emitIndex(unit, options, contract) },
    { path: `${unit.path}/messages.ts`, content: await emitMessages(unit, options) },
    { path: `${unit.path}/schemas.ts`, content: emitSchemas(unit, options) },
  ];
}

/** The handlers that this program has to offer for a service, if any. */
export function handlersOf(contract: Contract, options: EmitOptions): Pick<DocumentRecord, "handlers"> {
  const side = sides(contract, options.role(contract.service)).find((one) => one.action === "receive");
  if (!side?.handlers) return {};
  const stubs = stubsOf(contract, serviceUnit(contract), side, options);
  return { handlers: { type: side.handlers, stubs } };
}
