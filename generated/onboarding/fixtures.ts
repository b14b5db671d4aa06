// Onboarding 1.0.0. Generated from specs/examples/onboarding.yaml by sagaspec; do not edit.
import type { Team, TeamOnboarded, TeamRefused } from "./messages.js";

/** Examples of `onboardTeam`. */
export const onboardTeam: { readonly example: Team } = { example: { team: "maths", wantsGroup: true, seats: 2 } };

/** Examples of `teamOnboarded`. */
export const teamOnboarded: { readonly example: TeamOnboarded } = { example: { groupId: 1, userIds: [2, 3] } };

/** Examples of `teamRefused`. */
export const teamRefused: { readonly example: TeamRefused } = { example: { reason: "there is a maths-2 already" } };
