// Ambiguous messages 1.0.0. Generated from ambiguous-messages.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Changed, Created, Deleted } from "./messages.js";
import { ChangedSchema, CreatedSchema, DeletedSchema } from "./schemas.js";

/**
 * Ambiguous messages: what others ask of it.
 * Told apart by constant, by schema, or not at all.
 */
export interface AmbiguousMessages extends Contract<AmbiguousMessagesClient, AmbiguousMessagesHandlers> {
  /** @see `#/operations/clear` */
  readonly clear: {
    readonly created: Send<Created>;
    readonly deleted: Send<Deleted>;
  };

  /** @see `#/operations/unclear` */
  readonly unclear: {
    readonly changed: Send<Changed>;
    readonly changed2: Send<Changed>;
  };
}

/** `createClient(ambiguousMessages, transport)` */
export interface AmbiguousMessagesClient extends Client<AmbiguousMessages> {}

/** `serve(ambiguousMessages, handlers, transport)` */
export interface AmbiguousMessagesHandlers extends Handlers<AmbiguousMessages> {}

const events: Channel = { address: "events" };

const created: Message<Created> = { name: "created", payload: CreatedSchema };
const deleted: Message<Deleted> = { name: "deleted", payload: DeletedSchema };
const changed: Message<Changed> = { name: "changed", payload: ChangedSchema };
const changedMessage: Message<Changed> = { name: "changed", payload: ChangedSchema };

export const ambiguousMessages: AmbiguousMessages = {
  $contract: { service: "ambiguous-messages", version: "1.0.0" },
  clear: {
    created: {
      kind: "send",
      id: "ambiguous-messages.clear.created",
      action: "receive",
      channel: events,
      message: created,
    },
    deleted: {
      kind: "send",
      id: "ambiguous-messages.clear.deleted",
      action: "receive",
      channel: events,
      message: deleted,
    },
  },
  unclear: {
    changed: {
      kind: "send",
      id: "ambiguous-messages.unclear.changed",
      action: "receive",
      channel: events,
      message: changed,
    },
    changed2: {
      kind: "send",
      id: "ambiguous-messages.unclear.changed2",
      action: "receive",
      channel: events,
      message: changedMessage,
    },
  },
};
