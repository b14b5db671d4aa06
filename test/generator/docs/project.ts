import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../../generator/src/cli/run.js";
import { root } from "../../support/root.js";

/** A folder with a configuration, in which commands can be run. */
export interface Project {
  readonly folder: string;
  /** Runs a command line until it ends, or until `stop` is called. */
  run(...argv: readonly string[]): Promise<Outcome>;
  /** Starts a command that goes on; `said` settles when it has said something that matches. */
  start(...argv: readonly string[]): { said(pattern: RegExp): Promise<string>; stop(): Promise<Outcome> };
  write(path: string, content: string): Promise<void>;
  remove(): Promise<void>;
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Makes a project with the restaurant's document, and what the configuration says of its site. */
export async function createProject(docs: object, plugins = "[]"): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "sagaspec-docs-"));
  await cp(join(root, "specs/restaurant.yaml"), join(folder, "specs/restaurant.yaml"), {
    recursive: true,
  });
  const config = `export default { documents: ["specs/*.yaml"], docs: ${JSON.stringify(docs)}, plugins: ${plugins} };\n`;
  await writeFile(join(folder, "sagaspec.config.mjs"), config);
  // Where the cache goes.
  await mkdir(join(folder, "node_modules"));

  const start = (argv: readonly string[]) => {
    const lines = { out: "", notes: "" };
    const listeners = new Set<() => void>();
    const stopped = new AbortController();
    const add = (to: "out" | "notes") => (line: string) => {
      lines[to] += `${line}\n`;
      for (const listener of listeners) listener();
    };
    const terminal = {
      cwd: folder,
      color: false,
      env: {},
      out: add("out"),
      note: add("notes"),
      signal: stopped.signal,
    };
    const ended = run(argv, terminal).then((code): Outcome => ({ code, ...lines }));
    return { ended, stopped, listeners, text: () => lines.out + lines.notes };
  };

  return {
    folder,
    run: (...argv) => start(argv).ended,
    start(...argv) {
      const { ended, stopped, listeners, text } = start(argv);
      return {
        said: (pattern) =>
          new Promise((resolve) => {
            const look = () => {
              const found = pattern.exec(text());
              if (found === null) return;
              listeners.delete(look);
              resolve(found[1] ?? found[0]);
            };
            listeners.add(look);
            look();
          }),
        stop() {
          stopped.abort();
          return ended;
        },
      };
    },
    async write(path, content) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
