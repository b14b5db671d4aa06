import { dirname } from "node:path";
import type { Role } from "../config/config.js";
import type { DocsOptions } from "../config/docs-options.js";
import { loadConfig } from "../config/load-config.js";
import { type Overrides, resolveSettings, type Settings } from "../config/settings.js";
import { choiceOption, flag, type Given, type Options, textOption, UsageError } from "./command.js";
import type { Terminal } from "./report/terminal.js";

/** Options of every command that reads the project's documents. */
export const projectOptions: Options = {
  config: { type: "string", short: "c", about: "configuration file; else the nearest sagaspec.config.*" },
  lenient: { type: "boolean", about: "rule violations that do not hinder generation are warnings" },
  "allow-remote": { type: "boolean", about: "fetch references to other hosts" },
};

/** Settings, with what else the configuration says. */
export interface ProjectSettings extends Settings {
  /** Absolute path of the configuration. */
  readonly configFile?: string;
  readonly docs?: DocsOptions;
}

/**
 * The settings that a command line and the configuration give together.
 * @throws {UsageError} when there is no document
 */
export async function loadSettings(given: Given, terminal: Terminal, more: Overrides = {}): Promise<ProjectSettings> {
  const loaded = await loadConfig(terminal.cwd, textOption(given, "config"));
  if (!loaded && given.positionals.length === 0) {
    throw new UsageError("there is no sagaspec.config.* and no document was named; try sagaspec init");
  }
  const root = loaded ? dirname(loaded.file) : terminal.cwd;
  const settings = await resolveSettings(loaded?.config ?? {}, root, terminal.cwd, {
    documents: given.positionals,
    ...(flag(given, "lenient") && { lenient: true }),
    ...(flag(given, "allow-remote") && { allowRemote: true }),
    ...more,
  });
  if (settings.documents.length === 0) {
    const wanted = given.positionals.length > 0 ? given.positionals.join(", ") : `the documents of ${loaded?.file}`;
    throw new UsageError(`no file matches ${wanted}`);
  }
  return {
    ...settings,
    control: {
      signal: terminal.signal,
      progress: (document, number, total) => terminal.progress?.(`${number}/${total} ${document}`),
    },
    ...(loaded && { configFile: loaded.file }),
    ...(loaded?.config.docs && { docs: loaded.config.docs }),
  };
}

/** `--role` */
export const roleOption = (given: Given): Role | undefined => choiceOption(given, "role", ["provider", "consumer"]);
