/** Where a command reads its surroundings and writes its words: the process, or a test. */
export interface Terminal {
  readonly cwd: string;
  /** Whether text may be coloured. */
  readonly color: boolean;
  readonly env: { readonly [name: string]: string | undefined };
  /** Results, by line. */
  out(line: string): void;
  /** Progress and problems, by line. */
  note(line: string): void;
  /** Shows how far a long run is, in one line that is redrawn; nothing clears it. Absent where nobody looks on. */
  progress?(line?: string): void;
  /** Aborted when the user wants a long-running command to end. */
  readonly signal: AbortSignal;
}

/** A line that is redrawn in place: on a terminal only, and never in CI. What is written otherwise clears it first. */
export function progressLine(
  stream: Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">,
  env: Terminal["env"],
): ((line?: string) => void) | undefined {
  if (stream.isTTY !== true || env.CI || env.TERM === "dumb") return undefined;
  let isShown = false;
  return (line) => {
    if (line === undefined && !isShown) return;
    stream.write(`\r\u001b[2K${line?.slice(0, (stream.columns || 80) - 1) ?? ""}`);
    isShown = line !== undefined;
  };
}

/** The terminal of this process. Colour only where a person looks, and never with `NO_COLOR`. */
export function processTerminal(): Terminal {
  const { env } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  const stop = new AbortController();
  // Whoever read has read enough (`sagaspec saga list | head`): that is no fault, and there is nobody left to write for.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (stream === process.stdout) process.exit(process.exitCode ?? 0);
    });
  }
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      stop.abort();
      // A command that does not listen ends as it always would.
      setTimeout(() => process.kill(process.pid, name), 1_000).unref();
    });
  }
  const progress = progressLine(process.stderr, env);
  const write = (stream: NodeJS.WriteStream, line: string): void => {
    progress?.();
    stream.write(`${line}\n`);
  };
  return {
    cwd: process.cwd(),
    color: !env.NO_COLOR && (forced || process.stdout.isTTY === true),
    env,
    out: (line) => write(process.stdout, line),
    note: (line) => write(process.stderr, line),
    ...(progress && { progress }),
    signal: stop.signal,
  };
}
