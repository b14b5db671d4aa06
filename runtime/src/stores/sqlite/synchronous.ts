import { SagaspecError } from "../../core/errors.js";

/**
 * What work inside a transaction has given.
 * @param work what it was, for the error
 * @throws SagaspecError `invalid-usage` for a promise: the connection is shared, and others would write into the transaction
 */
export function synchronous<T>(result: T | Promise<T>, work: string): T {
  if (!(result instanceof Promise)) return result;
  // It goes on without its transaction: what becomes of it is nobody's outcome.
  result.catch(() => {});
  const text = `${work} inside the SQLite store's transaction returned a promise`;
  throw new SagaspecError("invalid-usage", `${text}; make it synchronous, or take it out of the transaction`);
}
