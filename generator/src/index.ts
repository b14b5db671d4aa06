export {
  type Config,
  type DocumentOptions,
  defineConfig,
  type EmitOptions,
  type GeneratedFile,
  type Plugin,
  type Role,
} from "./config/config.js";
export type { CheckCode, DocsOptions, DocsPage } from "./config/docs-options.js";
export type {
  Bindings,
  Channel,
  Contract,
  Message,
  NamedType,
  Operation,
  Origin,
  Parameter,
  Reply,
  SchemaNode,
  SchemaObject,
  SecurityScheme,
  Server,
} from "./contract/contract.js";
export type { Diagnostic } from "./contract/diagnostic.js";
