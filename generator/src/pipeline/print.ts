import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { EmitOptions, GeneratedFile } from "../config/config.js";
import type { Settings } from "../config/settings.js";
import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import type { Positions } from "../load/yaml/positions.js";
import { type Cache, type DocumentRecord, hashOf, unchanged } from "./cache.js";
import type { Known } from "./generate.js";

/** What there is to write, and what is to be remembered. */
export interface Printed {
  /** One for each document, in their order. */
  readonly records: readonly DocumentRecord[];
  /** Files of the documents that were printed; those of the others stand as they are. */
  readonly files: readonly GeneratedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Prints the documents that were read anew, and those whose output is not on disk as it was printed. */
export async function printDocuments(documents: readonly Known[], settings: Settings, cache: Cache): Promise<Printed> {
  const out = join(settings.root, settings.out);
  const intact = await Promise.all(
    documents.map(async ({ record }) => record !== undefined && (await unchanged(record.outputs, out))),
  );
  if (intact.every(Boolean) && settings.plugins.length === 0)
    return result(
      documents.flatMap((one) => one.record ?? []),
      [],
      [],
    );

  const contracts = await Promise.all(documents.map((one) => contractOf(one, settings, cache)));
  const emitters = await import("../emit/service-files.js");
  const { Positions } = await import("../load/yaml/positions.js");
  const positions = new Positions(settings.root);
  const optionsFor = (diagnostics: Diagnostic[]): EmitOptions =>
    emitOptions(documents, contracts, settings, positions, diagnostics);
  const files: GeneratedFile[] = [];
  const records: DocumentRecord[] = [];
  const ofAll: Diagnostic[] = [];
  const shared = contracts.some(hasShared) ? await emitters.shared.emit(contracts, optionsFor(ofAll)) : [];
  for (const [index, document] of documents.entries()) {
    const contract = contracts[index] as Contract;
    if (intact[index] && document.record && !hasShared(contract)) {
      records.push(document.record);
      continue;
    }
    const diagnostics = [...(document.record?.diagnostics ?? document.diagnostics)];
    const options = optionsFor(diagnostics);
    const own = await emitters.services.emit([contract], options);
    const outputs = [...own, ...(hasShared(contract) ? shared : [])];
    const record: DocumentRecord = {
      key: document.key,
      inputs: document.inputs ?? document.record?.inputs ?? [],
      outputs: outputs.map(({ path, content }) => ({ file: path, hash: hashOf(content) })),
      diagnostics,
      service: contract.service,
      ...emitters.handlersOf(contract, options),
    };
    await cache.save(document.request.path, record, contract);
    files.push(...own);
    records.push(record);
  }
  const ours = new Set([
    ...[...files, ...shared].map(({ path }) => path),
    ...records.flatMap(({ outputs }) => outputs.map(({ file }) => file)),
  ]);
  for (const plugin of settings.plugins) {
    const added = await plugin.emit(contracts, optionsFor(ofAll));
    // Both would be written in turn, and the output would be stale for ever.
    const taken = added.find(({ path }) => ours.has(path));
    if (taken) {
      throw new Error(`the plugin ${plugin.name} writes ${taken.path}, which is written already; give it another path`);
    }
    for (const { path } of added) ours.add(path);
    files.push(...added);
  }
  return result(records, [...files, ...shared], ofAll);
}

const result = (
  records: readonly DocumentRecord[],
  files: readonly GeneratedFile[],
  ofAll: readonly Diagnostic[],
): Printed => ({ records, files, diagnostics: [...records.flatMap((record) => record.diagnostics), ...ofAll] });

const hasShared = (contract: Contract): boolean => contract.types.some((type) => type.module !== undefined);

async function contractOf(document: Known, settings: Settings, cache: Cache): Promise<Contract> {
  const known = document.contract ?? (await cache.contract(document.request.path));
  if (known) return known;
  const { readDocuments } = await import("./read-documents-cached.js");
  const [read] = await readDocuments([document.request], settings, cache);
  if (!read?.contract) throw new Error(`${document.request.path} changed while it was read; run again`);
  return read.contract;
}

function emitOptions(
  documents: readonly Known[],
  contracts: readonly Contract[],
  { importExtension, dateTime, int64 }: Settings,
  positions: Positions,
  diagnostics: Diagnostic[],
): EmitOptions {
  const roles = new Map(contracts.map((contract, index) => [contract.service, documents[index]?.request.role]));
  return {
    importExtension,
    dateTime,
    int64,
    role: (service) => roles.get(service),
    // Printed again, a document that was not read again reports what its record says already.
    report: (reported) => {
      const { file, pointer } = reported;
      const diagnostic = { ...(pointer !== undefined && positions.of({ file, pointer })), ...reported };
      if (!diagnostics.some((one) => isDeepStrictEqual(one, diagnostic))) diagnostics.push(diagnostic);
    },
  };
}
