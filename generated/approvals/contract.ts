// Approvals 1.0.0. Generated from specs/examples/approvals.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Decided, Expense, Remind } from "./messages.js";
import { DecidedSchema, ExpenseSchema, RemindSchema } from "./schemas.js";

/**
 * Approvals: what others ask of it.
 * Puts requests before people, and tells what they decide.
 */
export interface Approvals extends Contract<ApprovalsClient, ApprovalsHandlers> {
  /**
   * Puts a request before somebody.
   * @see `#/operations/askForApproval`
   */
  readonly askForApproval: Send<Expense>;

  /**
   * Reminds whoever has not decided yet.
   * @see `#/operations/remind`
   */
  readonly remind: Send<Remind>;
}

/** `createClient(approvals, transport)` */
export interface ApprovalsClient extends Client<Approvals> {}

/** `serve(approvals, handlers, transport)` */
export interface ApprovalsHandlers extends Handlers<Approvals> {}

/** Approvals: what it tells others. */
export interface ApprovalsEvents extends Contract<ApprovalsEventsClient, ApprovalsEventsHandlers> {
  /**
   * Tells what somebody has decided.
   * @see `#/operations/decisions`
   */
  readonly decisions: Send<Decided>;
}

/** `createClient(approvalsEvents, transport)`: for the Approvals itself. */
export interface ApprovalsEventsClient extends Client<ApprovalsEvents> {}

/** `subscribe(approvalsEvents, handlers, transport)` */
export interface ApprovalsEventsHandlers extends Handlers<ApprovalsEvents> {}

const commands: Channel = { address: "approvals.commands" };
const decisions: Channel = { address: "approvals.decisions" };

const askForApproval: Message<Expense> = { name: "askForApproval", payload: ExpenseSchema };
const remind: Message<Remind> = { name: "remind", payload: RemindSchema };
const decided: Message<Decided> = { name: "decided", payload: DecidedSchema };

export const approvals: Approvals = {
  $contract: { service: "approvals", version: "1.0.0" },
  askForApproval: {
    kind: "send",
    id: "approvals.askForApproval",
    action: "receive",
    channel: commands,
    message: askForApproval,
  },
  remind: { kind: "send", id: "approvals.remind", action: "receive", channel: commands, message: remind },
};

export const approvalsEvents: ApprovalsEvents = {
  $contract: { service: "approvals", version: "1.0.0" },
  decisions: { kind: "send", id: "approvals.decisions", action: "send", channel: decisions, message: decided },
};
