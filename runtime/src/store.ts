// biome-ignore-all assist/source/organizeImports: in the order in which one meets them
/** What a saga store is written with: its interface, what goes through it, and what every store does alike. */
export type {
  Commit,
  CommitExtras,
  DefinitionRef,
  EventRow,
  HistoryRow,
  KeyChange,
  SagaAdmin,
  SagaFilter,
  SagaRow,
  SagaStatus,
  SagaStore,
} from "./saga/store/saga-store.js";
export { isFinished, longestOffer } from "./saga/store/saga-store.js";
export type { Effect } from "./saga/store/effects.js";
export type { Failure } from "./wire/failure.js";
export type { Caller } from "./wire/reply-writer.js";
export { effectKey, parseEffectKey } from "./saga/store/ids.js";
export {
  jsonText,
  maxStateBytes,
  maxStateBytesBack,
  parseJsonText,
  plainCodec,
  type StoreCodec,
  stateText,
} from "./saga/store/stored-json.js";
export type { Json } from "./codegen.js";
