import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import type { DocsOptions, DocsPlugin } from "./docs-options.js";

/** What `sagaspec.config.ts` may say. Every path is relative to the file. */
export interface Config {
  /** Documents by service name, or a list of paths and globs, which name themselves. */
  readonly documents: { readonly [service: string]: string | DocumentOptions } | readonly (string | DocumentOptions)[];
  /** Folder of the generated services. @default "generated" */
  readonly out?: string;
  /** Folder of the handler stubs; `false` writes none. @default "handlers" */
  readonly handlers?: string | false;
  /**
   * Ending of relative imports in generated files.
   * @default ".ts" where tsconfig.json allows it, or the project's own files write it (Node's type stripping, Deno); else ".js"
   */
  readonly importExtension?: ".js" | ".ts" | "";
  /** What `format: date-time` becomes in TypeScript. On the wire it stays a string. @default "string" */
  readonly dateTime?: "string" | "Date";
  /** What `format: int64` becomes. @default "number" */
  readonly int64?: "number" | "bigint";
  /** Fetch references to other hosts. @default false */
  readonly allowRemote?: boolean;
  /** Rule violations that do not hinder generation are warnings. @default false */
  readonly lenient?: boolean;
  /** The site that `sagaspec docs` makes. */
  readonly docs?: DocsOptions;
  /**
   * The module by which `sagaspec saga` finds the sagas: its default export is what `createSagaAdmin` of
   * `@sagaspec/runtime/admin` gives, or a function that returns it.
   */
  readonly sagas?: string;
  /** Write more files than Sagaspec's own. */
  readonly plugins?: readonly Plugin[];
}

/** One document, or all that a glob finds. */
export interface DocumentOptions {
  readonly path: string;
  /** 2.x only: whose view `publish` and `subscribe` take. @default "application" */
  readonly perspective?: "application" | "client";
  /** Generate one side only: `provider` serves what it receives, `consumer` calls it. @default both */
  readonly role?: Role;
  /** Stub file of this service; `false` for a service that others implement. */
  readonly handlers?: string | false;
}

/** The side of a contract that a program takes. */
export type Role = "provider" | "consumer";

/**
 * Turns contracts into files. Our own emitters are plugins too.
 * @example
 * const inventory: Plugin = {
 *   name: "inventory",
 *   emit: (contracts) => [{ path: "services.json", content: JSON.stringify(contracts.map(({ service }) => service)) }],
 * };
 */
export interface Plugin extends DocsPlugin {
  readonly name: string;
  emit(
    contracts: readonly Contract[],
    options: EmitOptions,
  ): readonly GeneratedFile[] | Promise<readonly GeneratedFile[]>;
}

/** What a plugin may need to know of the configuration. */
export interface EmitOptions {
  readonly importExtension: ".js" | ".ts" | "";
  readonly dateTime: "string" | "Date";
  readonly int64: "number" | "bigint";
  /** The only side wanted of a service, if one is. */
  role(service: string): Role | undefined;
  /** Tells about something that was left out; line and column are looked up by file and pointer. */
  report(diagnostic: Diagnostic): void;
}

/** `path` is relative to the output folder. Written only when its content has changed. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** Types a config file: `export default defineConfig({ documents: ["specs/*.yaml"] })`. */
export function defineConfig(config: Config): Config {
  return config;
}
