/** Contracts as the runtime takes them, made of the documents on the spot: nothing has to be generated before. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UsageError } from "../cli/command.js";
import type { EmitOptions, GeneratedFile } from "../config/config.js";
import { importModule } from "../config/load-module.js";
import type { Settings } from "../config/settings.js";
import type { Contract } from "../contract/contract.js";
import { emitContract } from "../emit/contract.js";
import { emitIndex } from "../emit/index.js";
import { emitSchemas } from "../emit/schemas.js";
import { sharedUnits } from "../emit/shared-modules.js";
import { serviceUnit } from "../emit/unit.js";
import { Cache, cacheFolder } from "../pipeline/cache.js";
import { readDocuments } from "../pipeline/read-documents-cached.js";

/** An operation of a live contract. */
export interface LiveOperation {
  /** The contract that it stands in: the runtime takes it whole. */
  readonly contract: object;
  /** Names of the members that lead to it. */
  readonly path: readonly string[];
  readonly id: string;
  readonly kind: "request" | "send";
  readonly action: "receive" | "send";
  readonly channel: LiveChannel;
}

/** Where an operation's messages go. `address: null`: its document leaves that open. */
export interface LiveChannel {
  readonly address: string | null;
  readonly parameters?: {
    readonly [name: string]: {
      readonly enum?: readonly string[];
      readonly default?: string;
      readonly location?: string;
    };
  };
}

const options: EmitOptions = {
  importExtension: ".ts",
  dateTime: "string",
  int64: "number",
  role: () => undefined,
  report: () => {},
};

/**
 * The operations of a service.
 * @throws {UsageError} when no document is of that service
 */
export async function liveOperations(service: string, settings: Settings): Promise<readonly LiveOperation[]> {
  const documents = await readDocuments(settings.documents, settings, new Cache(cacheFolder(settings.root)));
  const contracts = documents.flatMap((one) => one.contract ?? []);
  const contract = contracts.find((one) => one.service === service);
  if (!contract) {
    const known = contracts.map((one) => one.service).join(", ") || "none";
    throw new UsageError(`there is no service ${service}; the documents are of ${known}`);
  }
  const module = await imported(contract, contracts);
  return Object.values(module).flatMap((one) =>
    isObject(one) && "$contract" in one ? operationsIn(one, one, []) : [],
  );
}

async function imported(contract: Contract, contracts: readonly Contract[]): Promise<object> {
  const unit = serviceUnit(contract);
  const shared = sharedUnits(contracts).flatMap((one): GeneratedFile[] => [
    { path: `${one.path}/index.ts`, content: emitIndex(one, options) },
    { path: `${one.path}/schemas.ts`, content: emitSchemas(one, options) },
  ]);
  const files: readonly GeneratedFile[] = [
    { path: "package.json", content: '{ "type": "module" }' },
    { path: `${unit.path}/contract.ts`, content: emitContract(contract, unit, options) },
    { path: `${unit.path}/schemas.ts`, content: emitSchemas(unit, options) },
    ...shared,
  ];
  const folder = await mkdtemp(join(tmpdir(), "sagaspec-live-"));
  try {
    for (const { path, content } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await importModule(join(folder, unit.path, "contract.ts"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function operationsIn(contract: object, member: object, path: readonly string[]): readonly LiveOperation[] {
  return Object.entries(member).flatMap(([name, inner]: [string, unknown]) => {
    if (name === "$contract" || !isObject(inner)) return [];
    const here = [...path, name];
    // A message may be called "kind" as well: then the member of that name is an object.
    if (!("kind" in inner) || typeof inner.kind !== "string") return operationsIn(contract, inner, here);
    const { id, kind, action, channel } = inner as LiveOperation;
    return [{ contract, path: here, id, kind, action, channel }];
  });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
