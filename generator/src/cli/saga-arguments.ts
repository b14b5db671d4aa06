import { userInfo } from "node:os";
import { type Act, type Json, type SagaAdmin, type SagaFilter, statuses } from "../operate/saga-admin.js";
import { CommandFailed, choiceOption, type Given, textOption, UsageError } from "./command.js";
import { readData } from "./read-data.js";
import type { Terminal } from "./report/terminal.js";

/** What a person wants of a saga. @throws {UsageError} */
export async function parseAction(action: Act["action"], given: Given, terminal: Terminal): Promise<Act> {
  const why = textOption(given, "why");
  if (why === undefined) throw new UsageError(`${action} needs a reason: --why "the bank is back"`);
  const step = textOption(given, "step");
  const data = textOption(given, "data");
  const seq = textOption(given, "seq");
  if ((action === "skip" || action === "mark-done") && step === undefined) {
    throw new UsageError(`${action} needs a step: --step payment`);
  }
  if (action === "patch" && (data === undefined || seq === undefined)) {
    throw new UsageError("patch needs --data with results by step, and --seq with the last line that show told");
  }
  return {
    action,
    by: textOption(given, "by") ?? userInfo().username,
    why,
    ...(step === undefined ? undefined : { step }),
    ...(data === undefined ? undefined : { data: (await readData(data, terminal.cwd)) as Json }),
    ...(seq === undefined ? undefined : { expectedSeq: wholeNumber("seq", seq) }),
  };
}

/** Which sagas are meant. @throws {UsageError} */
export function filterOf(given: Given): SagaFilter {
  const [type, step, key, after] = ["type", "step", "key", "after"].map((name) => textOption(given, name));
  const status = choiceOption(given, "status", statuses);
  const [since, before] = ["since", "before"].map((name) => timeOption(given, name));
  const limit = textOption(given, "limit");
  return {
    ...(type === undefined ? undefined : { type }),
    ...(status === undefined ? undefined : { status }),
    ...(step === undefined ? undefined : { step }),
    ...(key === undefined ? undefined : { key }),
    ...(since === undefined ? undefined : { startedAfter: since }),
    ...(before === undefined ? undefined : { startedBefore: before }),
    ...(limit === undefined ? undefined : { limit: wholeNumber("limit", limit) }),
    ...(after === undefined ? undefined : { after }),
  };
}

function timeOption(given: Given, name: string): number | undefined {
  const text = textOption(given, name);
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`--${name} takes a time like 2026-01-31T12:00Z, not ${text}`);
  return time;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new UsageError(`--${name} takes a whole number, not ${text}`);
  return Number(text);
}

/** The only saga that a command line names. @throws {UsageError} */
export function oneId(rest: readonly string[], verb: string): string {
  const [id, ...more] = rest;
  if (id === undefined || more.length > 0) throw new UsageError(`saga ${verb} takes one saga: its id, or TYPE/KEY`);
  return id;
}

/** A saga by its id, or by type and business key: `create-order/1`. @throws {CommandFailed} when there is none of that key */
export async function idOf(admin: SagaAdmin, name: string): Promise<string> {
  const slash = name.indexOf("/");
  if (slash < 0) return name;
  const [type, key] = [name.slice(0, slash), name.slice(slash + 1)];
  const found = await admin.find(type, key);
  if (!found) {
    const others = `sagaspec saga list --type ${type}`;
    throw new CommandFailed(`there is no saga ${type} with the key ${key}; ${others} shows those that there are`);
  }
  return found.id;
}
