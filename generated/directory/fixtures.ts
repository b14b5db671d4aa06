// Directory 1.0.0. Generated from specs/examples/directory.yaml by sagaspec; do not edit.
import type { CreateUser, Created, Named } from "./messages.js";

/** Examples of `createGroup`. */
export const createGroup: { readonly example: Named } = { example: { name: "maths" } };

/** Examples of `created`. */
export const created: { readonly example: Created } = { example: { id: 1 } };

/** Examples of `nameTaken`. */
export const nameTaken: { readonly example: Named } = { example: { name: "maths-1" } };

/** Examples of `removeGroup`. */
export const removeGroup: { readonly example: Named } = { example: { name: "maths" } };

/** Examples of `createUser`. */
export const createUser: { readonly example: CreateUser } = { example: { name: "maths-1", groupId: 1 } };

/** Examples of `removeUser`. */
export const removeUser: { readonly example: Named } = { example: { name: "maths-1" } };
