// Saga lifecycle 1.0.0. Generated from specs/sagas.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { OperatorEvent, SagaEvent, StepEvent } from "./messages.js";
import { OperatorEventSchema, SagaEventSchema, StepEventSchema } from "./schemas.js";

/** Saga lifecycle: what it tells others. */
export interface SagasEvents extends Contract<SagasEventsClient, SagasEventsHandlers> {
  /**
   * Tells what has become of a saga.
   * @see `#/operations/lifecycle`
   */
  readonly lifecycle: {
    /** A saga has begun. */
    readonly sagaStarted: Send<SagaEvent>;
    /** A saga has turned back; what has been done is being undone. */
    readonly sagaCompensating: Send<SagaEvent>;
    /** Every step of a saga has succeeded. */
    readonly sagaCompleted: Send<SagaEvent>;
    /** A saga has failed, and everything that it had done is undone. */
    readonly sagaCompensated: Send<SagaEvent>;
    /** Somebody has cancelled a saga, and it has come to its end. */
    readonly sagaCancelled: Send<SagaEvent>;
    /** A saga goes neither on nor back until somebody decides. */
    readonly sagaNeedsAttention: Send<SagaEvent>;
    /** A step has been answered with a success. */
    readonly stepSucceeded: Send<StepEvent>;
    /** A step has failed, and is not tried again. */
    readonly stepFailed: Send<StepEvent>;
    /** A step has been undone. */
    readonly stepCompensated: Send<StepEvent>;
    /** A step could not be undone. The other compensations still run; then the saga needs attention. */
    readonly compensationFailed: Send<StepEvent>;
    /** Somebody has acted on a saga, or has tried to. */
    readonly operatorActed: Send<OperatorEvent>;
  };
}

/** `createClient(sagasEvents, transport)`: for the Saga lifecycle itself. */
export interface SagasEventsClient extends Client<SagasEvents> {}

/** `subscribe(sagasEvents, handlers, transport)` */
export interface SagasEventsHandlers extends Handlers<SagasEvents> {}

const events: Channel = { address: "sagas.events" };

const sagaStarted: Message<SagaEvent> = { name: "sagaStarted", payload: SagaEventSchema };
const sagaCompensating: Message<SagaEvent> = { name: "sagaCompensating", payload: SagaEventSchema };
const sagaCompleted: Message<SagaEvent> = { name: "sagaCompleted", payload: SagaEventSchema };
const sagaCompensated: Message<SagaEvent> = { name: "sagaCompensated", payload: SagaEventSchema };
const sagaCancelled: Message<SagaEvent> = { name: "sagaCancelled", payload: SagaEventSchema };
const sagaNeedsAttention: Message<SagaEvent> = { name: "sagaNeedsAttention", payload: SagaEventSchema };
const stepSucceeded: Message<StepEvent> = { name: "stepSucceeded", payload: StepEventSchema };
const stepFailed: Message<StepEvent> = { name: "stepFailed", payload: StepEventSchema };
const stepCompensated: Message<StepEvent> = { name: "stepCompensated", payload: StepEventSchema };
const compensationFailed: Message<StepEvent> = { name: "compensationFailed", payload: StepEventSchema };
const operatorActed: Message<OperatorEvent> = { name: "operatorActed", payload: OperatorEventSchema };

export const sagasEvents: SagasEvents = {
  $contract: { service: "sagas", version: "1.0.0" },
  lifecycle: {
    sagaStarted: {
      kind: "send",
      id: "sagas.lifecycle.sagaStarted",
      action: "send",
      channel: events,
      message: sagaStarted,
    },
    sagaCompensating: {
      kind: "send",
      id: "sagas.lifecycle.sagaCompensating",
      action: "send",
      channel: events,
      message: sagaCompensating,
    },
    sagaCompleted: {
      kind: "send",
      id: "sagas.lifecycle.sagaCompleted",
      action: "send",
      channel: events,
      message: sagaCompleted,
    },
    sagaCompensated: {
      kind: "send",
      id: "sagas.lifecycle.sagaCompensated",
      action: "send",
      channel: events,
      message: sagaCompensated,
    },
    sagaCancelled: {
      kind: "send",
      id: "sagas.lifecycle.sagaCancelled",
      action: "send",
      channel: events,
      message: sagaCancelled,
    },
    sagaNeedsAttention: {
      kind: "send",
      id: "sagas.lifecycle.sagaNeedsAttention",
      action: "send",
      channel: events,
      message: sagaNeedsAttention,
    },
    stepSucceeded: {
      kind: "send",
      id: "sagas.lifecycle.stepSucceeded",
      action: "send",
      channel: events,
      message: stepSucceeded,
    },
    stepFailed: {
      kind: "send",
      id: "sagas.lifecycle.stepFailed",
      action: "send",
      channel: events,
      message: stepFailed,
    },
    stepCompensated: {
      kind: "send",
      id: "sagas.lifecycle.stepCompensated",
      action: "send",
      channel: events,
      message: stepCompensated,
    },
    compensationFailed: {
      kind: "send",
      id: "sagas.lifecycle.compensationFailed",
      action: "send",
      channel: events,
      message: compensationFailed,
    },
    operatorActed: {
      kind: "send",
      id: "sagas.lifecycle.operatorActed",
      action: "send",
      channel: events,
      message: operatorActed,
    },
  },
};
