import { parseArgs } from "node:util";
import { type Command, CommandFailed, common, type ExitCode, type Given, type Options, UsageError } from "./command.js";
import { commands } from "./commands.js";
import type { Terminal } from "./report/terminal.js";

/** Runs a command line and tells the exit code. Never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name = "--help", ...rest] = argv;
  try {
    if (name === "--version" || name === "-v") {
      const { version } = await import("../pipeline/version.js");
      terminal.out(version);
      return 0;
    }
    if (name === "--help" || name === "-h" || name === "help") {
      terminal.out(overview());
      return 0;
    }
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!entry)
      throw new UsageError(`there is no command ${JSON.stringify(name)}${suggestion(name, Object.keys(commands))}`);
    const { command } = await entry[1]();
    const given = parse(rest, { ...command.options, ...common });
    if (given.values.help) {
      terminal.out(help(name, entry[0], command));
      return 0;
    }
    return await command.run(given, terminal);
  } catch (error) {
    if (terminal.signal.aborted && error === terminal.signal.reason) {
      terminal.note("interrupted; nothing was written");
      return 1;
    }
    const isDebug = argv.includes("--debug");
    const refusal = outside(error);
    if (refusal !== undefined && !isDebug) terminal.note(refusal);
    else terminal.note(explain(error, Object.hasOwn(commands, name) ? name : undefined, isDebug));
    return refusal === undefined ? 2 : 1;
  } finally {
    terminal.progress?.();
  }
}

function parse(args: string[], options: Options): Given {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const [, unknown, option = ""] = /^Unknown option '(-+([^']*))'/.exec(text) ?? [];
    if (unknown === undefined) throw new UsageError(text.split("\n", 1)[0] ?? text);
    throw new UsageError(`there is no option ${unknown}${suggestion(option, Object.keys(options), "--")}`);
  }
}

/** What to say of an error that neither the command line nor Sagaspec has made: the runtime's, or of a connection. */
function outside(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CommandFailed || /^\[[a-z]+(-[a-z]+)*\] /.test(error.message)) return error.message;
  const { code, host, address, port } = (error instanceof AggregateError ? error.errors[0] : error) as {
    [name: string]: unknown;
  };
  if (typeof code !== "string" || !unreachable.includes(code)) return undefined;
  const place = [host ?? address, port].filter((part) => part !== undefined).join(":");
  return `nothing answers${place === "" ? "" : ` at ${place}`} (${code}): is it running, and is the address right?`;
}

const unreachable = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ECONNRESET"];

function explain(error: unknown, command: string | undefined, debug: boolean): string {
  const text = error instanceof Error ? error.message : String(error);
  const help = command === undefined ? "sagaspec --help" : `sagaspec ${command} --help`;
  if (error instanceof UsageError) return `sagaspec: ${text}\n${help} shows what there is.`;
  if (debug && error instanceof Error) return `sagaspec: ${error.stack ?? text}`;
  return `sagaspec: ${text}\nRun it again with --debug to see more.`;
}

function suggestion(name: string, known: readonly string[], mark = ""): string {
  const close = known.find((one) => name.length > 1 && one.startsWith(name.slice(0, 3)));
  return close ? `; did you mean ${mark}${close}?` : "";
}

function overview(): string {
  return [
    "Usage: sagaspec <command> [options]",
    "",
    ...columns(Object.entries(commands).map(([name, [about]]) => [name, about])),
    "",
    "sagaspec <command> --help tells more. Exit codes: 0 fine, 1 findings or a refusal, 2 wrong usage or an internal error.",
  ].join("\n");
}

function help(name: string, about: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...common }).map(([long, option]): [string, string] => [
    `${option.short ? `-${option.short}, ` : ""}--${long}${option.type === "string" ? " <value>" : ""}`,
    option.about,
  ]);
  return [
    `Usage: sagaspec ${name} ${command.usage}`,
    "",
    `${about[0]?.toUpperCase()}${about.slice(1)}.`,
    "",
    ...columns(options),
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
