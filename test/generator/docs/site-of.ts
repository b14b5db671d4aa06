import type { Contract } from "../../../generator/src/contract/contract.js";
import { GeneratedCode } from "../../../generator/src/docs/generated-code.js";
import { renderSite, type SiteFile } from "../../../generator/src/docs/render.js";
import { createSite, type Site, type SiteOptions } from "../../../generator/src/docs/site.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { root } from "../../support/root.js";

/** The contracts of the four example services. */
export async function exampleContracts(): Promise<readonly Contract[]> {
  const inputs = ["consumer", "restaurant", "accounting", "order"].map((name) => ({ path: `specs/${name}.yaml` }));
  const { contracts, diagnostics } = await readContracts(inputs, { cwd: root, rulesFound: () => [] });
  if (contracts.length !== inputs.length) throw new Error(JSON.stringify(diagnostics));
  return contracts;
}

/** A site, with the generated code in it. */
export async function siteOf(contracts: readonly Contract[], options: SiteOptions = {}): Promise<Site> {
  const code = new Map<string, GeneratedCode>();
  const emit = { importExtension: ".js", dateTime: "string", int64: "number" } as const;
  for (const contract of contracts) {
    code.set(contract.service, await GeneratedCode.of(contract, { ...emit, role: () => undefined, report: () => {} }));
  }
  return createSite(contracts, { code, ...options });
}

/** The files of a site, by path. */
export async function filesOf(site: Site): Promise<ReadonlyMap<string, string>> {
  const files: SiteFile[] = [];
  for await (const file of renderSite(site)) files.push(file);
  return new Map(files.map((file) => [file.path, file.content]));
}
