import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { loadConfig } from "../config/load-config.js";
import { importModule } from "../config/load-module.js";
import type { SagaAdmin } from "./saga-admin.js";

const example = `// src/sagas.ts
import { createSagaAdmin } from "@sagaspec/runtime/admin";
export default () => createSagaAdmin({ store: openStore(), sagas: [createOrder] });`;

/**
 * The admin that the module named by `sagas` in the configuration makes: its default export, or what that returns.
 * @throws when there is no such module, or it exports something else
 */
export async function loadAdmin(cwd: string, config: string | undefined): Promise<SagaAdmin> {
  const loaded = await loadConfig(cwd, config);
  if (!loaded?.config.sagas) {
    const where = loaded ? `${relative(cwd, loaded.file)} says nothing of` : "there is no sagaspec.config.* with";
    throw new Error(`${where} 'sagas'; name a module that makes an admin:\n\n${example}`);
  }
  const path = resolve(dirname(loaded.file), loaded.config.sagas);
  if (!existsSync(path)) throw new Error(`${relative(cwd, path)}, named by 'sagas' in the configuration, is not there`);
  const made = (await importModule(path)).default;
  const admin: unknown = typeof made === "function" ? await made() : made;
  if (!isAdmin(admin)) throw new Error(`${relative(cwd, path)} makes no admin; write:\n\n${example}`);
  return admin;
}

function isAdmin(value: unknown): value is SagaAdmin {
  const wanted = [
    "list",
    "find",
    "summary",
    "history",
    "act",
    "actOnAll",
    "start",
    "check",
    "operations",
    "purge",
    "close",
  ];
  if (typeof value !== "object" || value === null) return false;
  return wanted.every((name) => name in value);
}
