/** The plan for a new team: which services are asked, how often, after which others, and what is made of their answers. */
import { saga } from "@sagaspec/runtime";
import { directory } from "../../generated/directory/index.js";
import { onboarding, TeamSchema } from "../../generated/onboarding/index.js";

export const onboardTeam = saga("onboard-team", { version: 1, input: TeamSchema })
  .parallel("plan", {
    members: (plan) =>
      plan
        .step("group", {
          when: ({ input }) => input.wantsGroup,
          call: directory.createGroup,
          with: ({ input }) => ({ name: input.team }),
          onReply: ({ reply }) => reply.id,
        })
        .each("users", {
          dependsOn: ["group"],
          of: ({ input }) => Array.from({ length: input.seats }, (_, seat) => `${input.team}-${seat + 1}`),
          steps: (body) =>
            body.step("user", {
              call: directory.createUser,
              with: ({ item: name, group: groupId }) => ({ name, ...(groupId && { groupId }) }),
              onReply: ({ reply }) => reply.id,
            }),
        }),
  })
  .answers({
    call: onboarding.onboardTeam,
    input: (team) => team,
    key: ({ team }) => team,
    reply: ({ plan: { group: groupId, users } }) => ({
      userIds: users.map(({ user }) => user),
      ...(groupId && { groupId }),
    }),
    failure: (_, { message }) => ({ name: "teamRefused", payload: { reason: message } }),
  });
