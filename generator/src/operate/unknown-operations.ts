import { dirname } from "node:path";
import { loadConfig } from "../config/load-config.js";
import { resolveSettings } from "../config/settings.js";
import { Cache, cacheFolder } from "../pipeline/cache.js";
import type { Finding, SagaAdmin } from "./saga-admin.js";

/** Operations of the registered sagas that no document of the project has. Nothing where it names no documents. */
export async function unknownOperations(
  admin: Pick<SagaAdmin, "operations">,
  cwd: string,
  config: string | undefined,
): Promise<readonly Finding[]> {
  const loaded = await loadConfig(cwd, config);
  if (!loaded) return [];
  const settings = await resolveSettings(loaded.config, dirname(loaded.file), cwd);
  if (settings.documents.length === 0) return [];
  const { readDocuments } = await import("../pipeline/read-documents-cached.js");
  const documents = await readDocuments(settings.documents, settings, new Cache(cacheFolder(settings.root)));
  const contracts = documents.flatMap((one) => one.contract ?? []);
  const known = contracts.flatMap(({ operations }) => operations.map(({ id }) => id));
  return admin
    .operations()
    .filter(({ operation }) => !known.some((id) => operation === id || operation.startsWith(`${id}.`)))
    .map(({ saga, step, operation }) => ({
      code: "unknown-operation",
      severity: "error",
      saga,
      step,
      message: `no document has ${operation} any more; give it back, or finish the sagas and drop the step`,
    }));
}
