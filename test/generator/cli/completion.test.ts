import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../../generator/src/cli/commands.js";
import { project, sagaspec } from "./terminal.js";

const run = promisify(execFile);

const files = {
  "greeter.yaml": "",
  "my orders.yml": "",
  "package.json": "",
  "readme.md": "",
  "docs/page.md": "",
  "specs/order.yaml": "",
};
let folder: Awaited<ReturnType<typeof project>>;
beforeAll(async () => {
  const script = await sagaspec(".", "completion", "bash");
  folder = await project({ ...files, "completion.bash": script.out });
});
afterAll(() => folder[Symbol.asyncDispose]());

/** What bash offers for the last of these words. */
async function offered(...words: string[]): Promise<readonly string[]> {
  const script = `source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sagaspec; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run("bash", ["-c", script, "bash", "sagaspec", ...words], { cwd: folder.path });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("sagaspec completion bash, read by bash, offers", () => {
  test("every command", async () => {
    expect(await offered("")).toEqual([...Object.keys(commands), "--help", "--version"]);
    expect(await offered("va")).toEqual(["validate"]);
    // Not the folder of that name.
    expect(await offered("do")).toEqual(["docs"]);
  });

  test.each(Object.entries(commands))("every option of %s", async (name, [, load]) => {
    const { command } = await load();
    const flags = [...Object.keys(command.options), "help", "debug"].map((option) => `--${option}`);
    expect(await offered(name, "--")).toEqual(flags);
  });

  test("documents and folders, whatever their names", async () => {
    expect([...(await offered("generate", "--check", ""))].sort()).toEqual(
      ["docs", "specs", "greeter.yaml", "my orders.yml", "package.json"].sort(),
    );
    expect(await offered("validate", "my")).toEqual(["my orders.yml"]);
    expect(await offered("diff", "greeter.yaml", "specs/")).toEqual(["specs/order.yaml"]);
  });

  test("the words that a command takes first, and only first", async () => {
    expect(await offered("docs", "b")).toEqual(["build"]);
    expect(await offered("saga", "re")).toEqual(["resume", "retry"]);
    expect(await offered("saga", "list", "re")).toEqual([]);
  });
});

test.each([
  ["bash", ["-n"]],
  ["zsh", ["-n"]],
  ["fish", ["--no-execute"]],
])("%s reads its script", async (shell, options) => {
  const there = await run(shell, ["--version"]).then(
    () => true,
    () => false,
  );
  const { code, out } = await sagaspec(folder.path, "completion", shell);
  expect(code).toBe(0);
  for (const name of Object.keys(commands)) expect(out).toContain(name);
  if (!there) return void console.warn(`skipped: no ${shell} on the PATH`);
  await using written = await project({ script: out });
  await run(shell, [...options, join(written.path, "script")]);
});

test("another shell is wrong usage", async () => {
  const { code, notes } = await sagaspec(folder.path, "completion", "tcsh");
  expect([code, notes]).toEqual([2, expect.stringContaining("completion takes one shell: bash, zsh or fish")]);
});
