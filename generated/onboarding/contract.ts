// Onboarding 1.0.0. Generated from specs/examples/onboarding.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { Team, TeamOnboarded, TeamRefused } from "./messages.js";
import { TeamOnboardedSchema, TeamRefusedSchema, TeamSchema } from "./schemas.js";

/**
 * Onboarding: what others ask of it.
 * Gives whole teams what they need to begin.
 */
export interface Onboarding extends Contract<OnboardingClient, OnboardingHandlers> {
  /**
   * Makes a team's users, and its group if it wants one; all of them or none.
   * @see `#/operations/onboardTeam`
   */
  readonly onboardTeam: Request<Team, TeamOnboarded, { teamRefused: TeamRefused }>;
}

/** `createClient(onboarding, transport)` */
export interface OnboardingClient extends Client<Onboarding> {}

/** `serve(onboarding, handlers, transport)` */
export interface OnboardingHandlers extends Handlers<Onboarding> {}

const commands: Channel = { address: "onboarding.commands" };

const onboardTeam: Message<Team> = {
  name: "onboardTeam",
  payload: TeamSchema,
  correlationId: "$message.header#/correlationId",
};
const teamOnboarded: Message<TeamOnboarded> = {
  name: "teamOnboarded",
  payload: TeamOnboardedSchema,
  correlationId: "$message.header#/correlationId",
};
const teamRefused: Message<TeamRefused> = {
  name: "teamRefused",
  payload: TeamRefusedSchema,
  correlationId: "$message.header#/correlationId",
};

export const onboarding: Onboarding = {
  $contract: { service: "onboarding", version: "1.0.0" },
  onboardTeam: {
    kind: "request",
    id: "onboarding.onboardTeam",
    action: "receive",
    channel: commands,
    message: onboardTeam,
    reply: { address: "$message.header#/replyTo", success: [teamOnboarded], failure: { teamRefused } },
    timeoutMs: 30_000,
  },
};
