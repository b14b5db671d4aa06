import { basename, dirname, join } from "node:path";
import type { ExitCode } from "./command.js";
import type { Terminal } from "./report/terminal.js";

/** What a run depended on: `files` relative to `root`. */
export interface Watched {
  readonly root: string;
  readonly files: readonly string[];
  /** New files that a glob may find. @default documents: YAML and JSON */
  readonly mayBeNew?: RegExp;
}

const settleMs = 60;

/**
 * Runs once, then again whenever something changes in the folders of the files that the run depended on, until the
 * terminal's signal. A failing run is told and waited over.
 */
export async function watch(terminal: Terminal, run: () => Promise<Watched>): Promise<ExitCode> {
  const { watch: open } = await import("chokidar");
  const watcher = open([], { ignoreInitial: true, depth: 0 });
  let inputs = new Set<string>();
  let newFiles = /\.(ya?ml|json)$/;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const again = async (): Promise<void> => {
    try {
      const { root, files, mayBeNew } = await run();
      newFiles = mayBeNew ?? newFiles;
      inputs = new Set(files.map((file) => join(root, file)));
      watcher.add([...new Set([root, ...[...inputs].map(dirname)])]);
    } catch (error) {
      terminal.note(`sagaspec: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  watcher.on("all", (event, path) => {
    if (typeof path !== "string") return;
    // A new document may be one that a glob of the configuration finds.
    const mayBeNew = event === "add" && newFiles.test(path);
    if (!mayBeNew && !inputs.has(path) && !/^sagaspec\.config\./.test(basename(path))) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(again);
    }, settleMs);
  });

  await again();
  terminal.note("Watching for changes; press Ctrl-C to end.");
  await new Promise<void>((resolve) => {
    if (terminal.signal.aborted) resolve();
    terminal.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  clearTimeout(timer);
  await watcher.close();
  await running;
  return 0;
}
