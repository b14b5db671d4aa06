// Saga lifecycle 1.0.0. Generated from specs/sagas.yaml by sagaspec; do not edit.
import type { OperatorEvent, SagaEvent, StepEvent } from "./messages.js";

/** Examples of `sagaStarted`. */
export const sagaStarted: { readonly example: SagaEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "running",
    seq: 1,
    at: "2026-01-31T12:00:00.000Z",
  },
};

/** Examples of `sagaCompensating`. */
export const sagaCompensating: { readonly example: SagaEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "compensating",
    seq: 9,
    at: "2026-01-31T12:00:00.000Z",
    failure: { code: "cardRefused", message: "no" },
  },
};

/** Examples of `sagaCompleted`. */
export const sagaCompleted: { readonly example: SagaEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "completed",
    seq: 12,
    at: "2026-01-31T12:00:00.000Z",
  },
};

/** Examples of `sagaCompensated`. */
export const sagaCompensated: { readonly example: SagaEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "compensated",
    seq: 12,
    at: "2026-01-31T12:00:00.000Z",
  },
};

/** Examples of `sagaCancelled`. */
export const sagaCancelled: { readonly example: SagaEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "cancelled",
    seq: 12,
    at: "2026-01-31T12:00:00.000Z",
  },
};

/** Examples of `sagaNeedsAttention`. */
export const sagaNeedsAttention: { readonly example: SagaEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "needs-attention",
    seq: 12,
    at: "2026-01-31T12:00:00.000Z",
    unresolved: ["ticket"],
  },
};

/** Examples of `stepSucceeded`. */
export const stepSucceeded: { readonly example: StepEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "running",
    seq: 3,
    at: "2026-01-31T12:00:00.000Z",
    step: "ticket",
    attempt: 1,
  },
};

/** Examples of `stepFailed`. */
export const stepFailed: { readonly example: StepEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "running",
    seq: 3,
    at: "2026-01-31T12:00:00.000Z",
    step: "ticket",
    attempt: 1,
    failure: { code: "timeout", message: "no answer within 5000 ms" },
  },
};

/** Examples of `stepCompensated`. */
export const stepCompensated: { readonly example: StepEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "compensating",
    seq: 11,
    at: "2026-01-31T12:00:00.000Z",
    step: "ticket",
    attempt: 1,
  },
};

/** Examples of `compensationFailed`. */
export const compensationFailed: { readonly example: StepEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "compensating",
    seq: 3,
    at: "2026-01-31T12:00:00.000Z",
    step: "ticket",
    attempt: 1,
    failure: { code: "timeout", message: "no answer" },
  },
};

/** Examples of `operatorActed`. */
export const operatorActed: { readonly example: OperatorEvent } = {
  example: {
    sagaId: "019aa3f0-7a5e-7c11-9d55-0c6b1f2a8e01",
    type: "create-order",
    version: 1,
    key: "1",
    status: "running",
    seq: 7,
    at: "2026-01-31T12:00:00.000Z",
    action: "cancel",
    by: "ada",
    why: "ordered twice",
  },
};
