/**
 * What generated files import, and nobody else: the shapes of the descriptors, and the types derived from them.
 * Types only, so that a generated file loads nothing. Behaviour lives in `createClient`, `serve`, `subscribe` and `saga`.
 */

export type {
  Client,
  Given,
  Handlers,
  MessageContext,
  RequestContext,
  RequestOptions,
  SendOptions,
} from "./contract/contract-types.js";
export type {
  Bindings,
  Channel,
  Contract,
  Failures,
  Json,
  Message,
  None,
  OneOf,
  Parameter,
  Reply,
  Request,
  Schema,
  SecurityScheme,
  Send,
  Server,
} from "./contract/descriptors.js";
