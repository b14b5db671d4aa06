// Saga lifecycle 1.0.0. Generated from specs/sagas.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const SagaIdSchema: Schema<messages.SagaId> = { type: "string" };

export const SagaTypeSchema: Schema<messages.SagaType> = { type: "string" };

export const SagaVersionSchema: Schema<messages.SagaVersion> = { type: "integer", minimum: 1 };

export const SagaKeySchema: Schema<messages.SagaKey> = { type: "string" };

export const SagaStatusSchema: Schema<messages.SagaStatus> = {
  type: "string",
  enum: ["running", "compensating", "completed", "compensated", "needs-attention", "cancelled"],
};

export const SeqSchema: Schema<messages.Seq> = { type: "integer", minimum: 1 };

export const AtSchema: Schema<messages.At> = { type: "string", format: "date-time" };

export const StepPathSchema: Schema<messages.StepPath> = { type: "string" };

export const SagaFailureSchema: Schema<messages.SagaFailure> = {
  type: "object",
  required: ["code", "message"],
  properties: { code: { type: "string" }, message: { type: "string" } },
};

export const SagaEventSchema: Schema<messages.SagaEvent> = {
  type: "object",
  required: ["sagaId", "type", "version", "status", "seq", "at"],
  properties: {
    sagaId: SagaIdSchema,
    type: SagaTypeSchema,
    version: SagaVersionSchema,
    key: SagaKeySchema,
    status: SagaStatusSchema,
    seq: SeqSchema,
    at: AtSchema,
    step: StepPathSchema,
    failure: SagaFailureSchema,
    unresolved: { type: "array", items: { type: "string" } },
  },
};

export const StepEventSchema: Schema<messages.StepEvent> = {
  type: "object",
  required: ["sagaId", "type", "version", "status", "seq", "at", "step"],
  properties: {
    sagaId: SagaIdSchema,
    type: SagaTypeSchema,
    version: SagaVersionSchema,
    key: SagaKeySchema,
    status: SagaStatusSchema,
    seq: SeqSchema,
    at: AtSchema,
    step: StepPathSchema,
    attempt: { type: "integer", minimum: 1 },
    failure: SagaFailureSchema,
  },
};

export const OperatorEventSchema: Schema<messages.OperatorEvent> = {
  type: "object",
  required: ["sagaId", "type", "version", "status", "seq", "at", "action", "by", "why"],
  properties: {
    sagaId: SagaIdSchema,
    type: SagaTypeSchema,
    version: SagaVersionSchema,
    key: SagaKeySchema,
    status: SagaStatusSchema,
    seq: SeqSchema,
    at: AtSchema,
    step: StepPathSchema,
    action: { type: "string" },
    by: { type: "string" },
    why: { type: "string" },
    refused: { type: "string" },
  },
};
