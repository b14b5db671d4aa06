import type { SagaDefinition } from "../../saga/define/definition.js";
import type { SagaRow } from "../../saga/store/saga-store.js";
import type { Broker } from "./broker.js";
import type { SimulationContext } from "./context.js";
import type { EffectLog } from "./effect-log.js";
import type { Ledger } from "./ledger.js";
import type { Stores } from "./stores.js";

/** What the processes of one history share, and what is known of them whatever becomes of any one process. */
export interface System extends SimulationContext {
  readonly broker: Broker;
  readonly stores: Stores;
  readonly ledger: Ledger;
  readonly effectLog: EffectLog;
  /** Whether the broker says of itself that it keeps what it has accepted. */
  readonly durable: boolean;
  /** Whether workers publish an event for each transition. */
  readonly publishesLifecycle: boolean;
  definitionOf(row: SagaRow): SagaDefinition | undefined;
}
