// Directory 1.0.0. Generated from specs/examples/directory.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { CreateUser, Created, Named } from "./messages.js";
import { CreateUserSchema, CreatedSchema, NamedSchema } from "./schemas.js";

/**
 * Directory: what others ask of it.
 * Keeps users and groups.
 */
export interface Directory extends Contract<DirectoryClient, DirectoryHandlers> {
  /**
   * Makes a group.
   * @see `#/operations/createGroup`
   */
  readonly createGroup: Request<Named, Created, { nameTaken: Named }>;

  /**
   * Removes a group, if there is one of that name.
   * @see `#/operations/removeGroup`
   */
  readonly removeGroup: Request<Named, void>;

  /**
   * Makes a user, in a group or in none.
   * @see `#/operations/createUser`
   */
  readonly createUser: Request<CreateUser, Created, { nameTaken: Named }>;

  /**
   * Removes a user, if there is one of that name.
   * @see `#/operations/removeUser`
   */
  readonly removeUser: Request<Named, void>;
}

/** `createClient(directory, transport)` */
export interface DirectoryClient extends Client<Directory> {}

/** `serve(directory, handlers, transport)` */
export interface DirectoryHandlers extends Handlers<Directory> {}

const commands: Channel = { address: "directory.commands" };

const createGroup: Message<Named> = {
  name: "createGroup",
  payload: NamedSchema,
  correlationId: "$message.header#/correlationId",
};
const created: Message<Created> = {
  name: "created",
  payload: CreatedSchema,
  correlationId: "$message.header#/correlationId",
};
const nameTaken: Message<Named> = {
  name: "nameTaken",
  payload: NamedSchema,
  correlationId: "$message.header#/correlationId",
};
const removeGroup: Message<Named> = {
  name: "removeGroup",
  payload: NamedSchema,
  correlationId: "$message.header#/correlationId",
};
const removed: Message<void> = { name: "removed", correlationId: "$message.header#/correlationId" };
const createUser: Message<CreateUser> = {
  name: "createUser",
  payload: CreateUserSchema,
  correlationId: "$message.header#/correlationId",
};
const removeUser: Message<Named> = {
  name: "removeUser",
  payload: NamedSchema,
  correlationId: "$message.header#/correlationId",
};

const removeGroupOperation: Directory["removeGroup"] = {
  kind: "request",
  id: "directory.removeGroup",
  action: "receive",
  channel: commands,
  message: removeGroup,
  reply: { address: "$message.header#/replyTo", success: [removed] },
};

const removeUserOperation: Directory["removeUser"] = {
  kind: "request",
  id: "directory.removeUser",
  action: "receive",
  channel: commands,
  message: removeUser,
  reply: { address: "$message.header#/replyTo", success: [removed] },
};

export const directory: Directory = {
  $contract: { service: "directory", version: "1.0.0" },
  createGroup: {
    kind: "request",
    id: "directory.createGroup",
    action: "receive",
    channel: commands,
    message: createGroup,
    reply: { address: "$message.header#/replyTo", success: [created], failure: { nameTaken } },
    timeoutMs: 5_000,
    compensatedBy: removeGroupOperation,
  },
  removeGroup: removeGroupOperation,
  createUser: {
    kind: "request",
    id: "directory.createUser",
    action: "receive",
    channel: commands,
    message: createUser,
    reply: { address: "$message.header#/replyTo", success: [created], failure: { nameTaken } },
    timeoutMs: 5_000,
    compensatedBy: removeUserOperation,
  },
  removeUser: removeUserOperation,
};
