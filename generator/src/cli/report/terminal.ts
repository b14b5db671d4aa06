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
  /** Aborted when the user wants a long-running command to end. */
  readonly signal: AbortSignal;
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
  return {
    cwd: process.cwd(),
    color: !env.NO_COLOR && (forced || process.stdout.isTTY === true),
    env,
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    signal: stop.signal,
  };
}
