import type { ParseArgsOptionsConfig } from "node:util";
import type { Terminal } from "./report/terminal.js";

/** 0: fine. 1: findings (invalid, stale, breaking), or what was asked for was refused or failed. 2: wrong usage, or an error of Sagaspec's own. */
export type ExitCode = 0 | 1 | 2;

/** A command: one file, and one line in `commands.ts`. */
export interface Command {
  /** What stands behind the name: `[documents...]`. */
  readonly usage: string;
  /** Words that may stand first behind the name, for shells to complete. */
  readonly words?: readonly string[];
  /** For `node:util` parseArgs; `about` is the line in the help. */
  readonly options: Options;
  run(given: Given, terminal: Terminal): Promise<ExitCode>;
}

export type Options = { readonly [name: string]: ParseArgsOptionsConfig[string] & { readonly about: string } };

/** What stood on the command line. */
export interface Given {
  readonly positionals: readonly string[];
  readonly values: { readonly [name: string]: string | boolean | readonly (string | boolean)[] | undefined };
}

/** Options of every command. */
export const common: Options = {
  help: { type: "boolean", short: "h", about: "show this help" },
  debug: { type: "boolean", about: "show the stack of an unexpected error" },
};

/** The text of an option, if it was given. */
export function textOption(given: Given, name: string): string | undefined {
  const value = given.values[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a flag was given. */
export const flag = (given: Given, name: string): boolean => given.values[name] === true;

/** The value of an option that knows only some. */
export function choiceOption<Choice extends string>(
  given: Given,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = textOption(given, name);
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (!choice) throw new UsageError(`--${name} takes ${choices.join(", ")}, not ${JSON.stringify(value)}`);
  return choice;
}

/** What was asked for cannot be done, for a reason that lies outside of the command line: exit code 1. */
export class CommandFailed extends Error {
  override readonly name: string = "CommandFailed";
}

/** Something on the command line or in the configuration makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
