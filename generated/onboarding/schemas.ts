// Onboarding 1.0.0. Generated from specs/examples/onboarding.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const TeamSchema: Schema<messages.Team> = {
  type: "object",
  required: ["team", "wantsGroup", "seats"],
  properties: {
    team: { type: "string", minLength: 1 },
    wantsGroup: { type: "boolean" },
    seats: { type: "integer", minimum: 1, maximum: 100 },
  },
};

export const TeamOnboardedSchema: Schema<messages.TeamOnboarded> = {
  type: "object",
  required: ["userIds"],
  properties: { groupId: { type: "integer" }, userIds: { type: "array", items: { type: "integer" } } },
};

export const TeamRefusedSchema: Schema<messages.TeamRefused> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};
