// Directory 1.0.0. Generated from specs/examples/directory.yaml by sagaspec; do not edit.

/**
 * Known by its name.
 * @see `#/components/schemas/Named`
 */
export interface Named {
  name: Name;
}

/**
 * It is in the directory, under this id.
 * @see `#/components/messages/created`
 */
export interface Created {
  id: Id;
}

/**
 * A user that there is not yet.
 * @see `#/components/messages/createUser`
 */
export interface CreateUser {
  name: Name;
  groupId?: Id;
}

/**
 * At least 1.
 * @see `#/components/schemas/Id`
 */
export type Id = number;

/**
 * At least one character.
 * @see `#/components/schemas/Name`
 */
export type Name = string;
