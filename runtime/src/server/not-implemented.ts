import { TerminalError } from "../core/errors.js";

/**
 * The body of a handler that nobody has written yet. Whoever calls it gets a failure that is never retried.
 * @throws TerminalError always
 * @example createTicket: () => notImplemented("restaurant.createTicket"),
 */
export function notImplemented(operation: string): never {
  throw new TerminalError(`${operation}: it is not implemented; write its handler`);
}
