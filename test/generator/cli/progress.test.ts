import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { progressLine, type Terminal } from "../../../generator/src/cli/report/terminal.js";
import { run } from "../../../generator/src/cli/run.js";
import { greeter, project } from "./terminal.js";

const numbers = [1, 2, 3, 4];
const documents = Object.fromEntries(numbers.map((number) => [`specs/s${number}.yaml`, greeter]));

/** Runs a command that is interrupted when it comes to the document of that number. */
async function runUntil(cwd: string, last: number, ...argv: string[]) {
  const shown: (string | undefined)[] = [];
  const notes: string[] = [];
  const stop = new AbortController();
  const terminal: Terminal = {
    cwd,
    color: false,
    env: {},
    out: () => {},
    note: (line) => notes.push(line),
    progress: (line) => {
      shown.push(line);
      if (line?.startsWith(`${last}/`)) stop.abort();
    },
    signal: stop.signal,
  };
  return { code: await run(argv, terminal), shown, notes };
}

test.each([["generate"], ["docs"], ["validate"]])("%s shows which document it has come to", async (command) => {
  await using folder = await project({ "sagaspec.config.json": '{ "documents": ["specs/*.yaml"] }', ...documents });
  const { code, shown } = await runUntil(folder.path, Number.POSITIVE_INFINITY, command);
  expect(code).toBe(0);
  expect(shown.slice(0, 4)).toEqual(numbers.map((number) => `${number}/4 specs/s${number}.yaml`));
  expect(shown.at(-1)).toBeUndefined();
});

test.each([["generate"], ["docs"]])("%s that is interrupted leaves nothing half done", async (command) => {
  await using folder = await project({ "sagaspec.config.json": '{ "documents": ["specs/*.yaml"] }', ...documents });
  for (const last of [1, 4]) {
    const { code, notes } = await runUntil(folder.path, last, command);
    expect([code, notes]).toEqual([1, ["interrupted; nothing was written"]]);
    expect((await readdir(folder.path)).filter((name) => name !== ".sagaspec").sort()).toEqual([
      "sagaspec.config.json",
      "specs",
    ]);
  }
  expect((await runUntil(folder.path, Number.POSITIVE_INFINITY, command)).code).toBe(0);
  expect(existsSync(join(folder.path, command === "docs" ? "site" : "generated"))).toBe(true);
});

test("the line is redrawn in place on a terminal, and is not there on a pipe or in CI", () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 10, write: (text: string) => written.push(text) > 0 };
  const progress = progressLine(stream, {});
  progress?.();
  progress?.("1/2 specs/long.yaml");
  progress?.();
  progress?.();
  expect(written).toEqual(["\r\u001b[2K1/2 specs", "\r\u001b[2K"]);
  expect(progressLine({ ...stream, isTTY: false }, {})).toBeUndefined();
  expect(progressLine(stream, { CI: "true" })).toBeUndefined();
});
