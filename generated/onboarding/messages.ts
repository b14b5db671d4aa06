// Onboarding 1.0.0. Generated from specs/examples/onboarding.yaml by sagaspec; do not edit.

/**
 * People who work together.
 * @see `#/components/schemas/Team`
 */
export interface Team {
  /** Names the team. At least one character. */
  team: string;
  /** Whether its users belong to a group of their own. */
  wantsGroup: boolean;
  /** How many users it has. At least 1. At most 100. */
  seats: number;
}

/**
 * Everything that was made for a team.
 * @see `#/components/messages/teamOnboarded`
 */
export interface TeamOnboarded {
  /** Absent for a team without a group. */
  groupId?: number;
  /** A user for each seat. */
  userIds: number[];
}

/**
 * Nothing was made for the team.
 * @see `#/components/messages/teamRefused`
 */
export interface TeamRefused {
  reason: string;
}
