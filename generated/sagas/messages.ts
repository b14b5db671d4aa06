// Saga lifecycle 1.0.0. Generated from specs/sagas.yaml by sagaspec; do not edit.

/**
 * A saga at a turn of its life.
 * @see `#/components/schemas/SagaEvent`
 */
export interface SagaEvent {
  sagaId: SagaId;
  type: SagaType;
  version: SagaVersion;
  key?: SagaKey;
  status: SagaStatus;
  seq: Seq;
  at: At;
  step?: StepPath;
  failure?: SagaFailure;
  /** Steps that could not be undone. */
  unresolved?: string[];
}

/**
 * A step that has come to a result.
 * @see `#/components/schemas/StepEvent`
 */
export interface StepEvent {
  sagaId: SagaId;
  type: SagaType;
  version: SagaVersion;
  key?: SagaKey;
  status: SagaStatus;
  seq: Seq;
  at: At;
  step: StepPath;
  /** At least 1. */
  attempt?: number;
  failure?: SagaFailure;
}

/**
 * An act of a person.
 * @see `#/components/schemas/OperatorEvent`
 */
export interface OperatorEvent {
  sagaId: SagaId;
  type: SagaType;
  version: SagaVersion;
  key?: SagaKey;
  status: SagaStatus;
  seq: Seq;
  at: At;
  step?: StepPath;
  /** What was wanted: cancel, retry, skip, ... */
  action: string;
  /** Who acted. */
  by: string;
  /** The reason that was given. */
  why: string;
  /** Why nothing was changed; absent when it was. */
  refused?: string;
}

/**
 * The saga.
 * @see `#/components/schemas/SagaId`
 */
export type SagaId = string;

/**
 * Name of its definition.
 * @see `#/components/schemas/SagaType`
 */
export type SagaType = string;

/**
 * Version of its definition. At least 1.
 * @see `#/components/schemas/SagaVersion`
 */
export type SagaVersion = number;

/**
 * Its business key.
 * @see `#/components/schemas/SagaKey`
 */
export type SagaKey = string;

/**
 * How the saga stands after the transition that this is a part of.
 * @see `#/components/schemas/SagaStatus`
 */
export type SagaStatus = "running" | "compensating" | "completed" | "compensated" | "needs-attention" | "cancelled";

/**
 * Line of the saga's history that this tells of. Later lines have higher numbers. At least 1.
 * @see `#/components/schemas/Seq`
 */
export type Seq = number;

/**
 * When it happened, by the clock of the sagas' store. Format: date-time.
 * @see `#/components/schemas/At`
 */
export type At = string;

/**
 * Path of the step: names joined by /.
 * @see `#/components/schemas/StepPath`
 */
export type StepPath = string;

/**
 * Why something did not succeed.
 * @see `#/components/schemas/SagaFailure`
 */
export interface SagaFailure {
  /** Name of the declared failure, or timeout, unroutable, ... */
  code: string;
  message: string;
}
