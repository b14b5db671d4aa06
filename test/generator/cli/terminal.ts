import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Terminal } from "../../../generator/src/cli/report/terminal.js";
import { run } from "../../../generator/src/cli/run.js";

/** What a command line came to. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs `sagaspec` in this process, in a folder. What watches ends after ten minutes: nothing else may take so long. */
export function sagaspec(cwd: string, ...argv: string[]): Promise<Outcome> {
  return sagaspecUntil(AbortSignal.timeout(600_000), cwd, ...argv);
}

/** The same, told to end by a signal. */
export async function sagaspecUntil(signal: AbortSignal, cwd: string, ...argv: string[]): Promise<Outcome> {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    cwd,
    color: false,
    env: {},
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
    signal,
  };
  const code = await run(argv, terminal);
  return { code, out: out.join("\n"), notes: notes.join("\n") };
}

/** A folder with these files, which is gone when the block ends. */
export async function project(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "sagaspec-cli-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A small document: one request and what it is answered with. */
export const greeter = `asyncapi: 3.0.0
info: { title: Greeter, version: 1.0.0 }
channels:
  commands:
    address: greeter.commands
    messages:
      greet: { payload: { type: object, required: [name], properties: { name: { type: string } } } }
  replies:
    address: null
    messages:
      greeted: { payload: { type: object, required: [text], properties: { text: { type: string } } } }
operations:
  greet:
    action: receive
    channel: { $ref: "#/channels/commands" }
    reply:
      address: { location: $message.header#/replyTo }
      channel: { $ref: "#/channels/replies" }
`;
