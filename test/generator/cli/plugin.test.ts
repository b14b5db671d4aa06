import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { root } from "../../support/root.js";
import { greeter, project, sagaspec } from "./terminal.js";

const example = pathToFileURL(resolve(root, "examples/plugin/operations-table.ts")).href;

test("a plugin adds files of its own, which are checked and removed like ours", async () => {
  const config = (plugins: string): string =>
    `import { operationsTable } from ${JSON.stringify(example)};\n` +
    `export default { documents: ["greeter.yaml"], handlers: false, plugins: [${plugins}] };\n`;
  await using folder = await project({ "greeter.yaml": greeter, "sagaspec.config.ts": config("operationsTable") });
  expect((await sagaspec(folder.path, "generate")).notes).toBe("");
  const table = await readFile(join(folder.path, "generated/operations.md"), "utf8");
  expect(table).toBe(
    [
      "| operation | action | address | answer | about |",
      "|---|---|---|---|---|",
      "| greeter.greet | receive | greeter.commands | greeted |  |",
      "",
    ].join("\n"),
  );
  expect((await sagaspec(folder.path, "generate", "--check")).out).toBe("up to date");
  await using other = await project({ "greeter.yaml": greeter, "sagaspec.config.ts": config("") });
  await sagaspec(other.path, "generate");
  await expect(readFile(join(other.path, "generated/operations.md"))).rejects.toThrow(/ENOENT/);
});

test.each([
  ["greeter/messages.ts", "a file of ours"],
  ["table.md", "a file of another plugin"],
])("a plugin that writes %s, %s, is refused", async (path) => {
  const plugin = (name: string, to: string) =>
    `{ name: ${JSON.stringify(name)}, emit: () => [{ path: ${JSON.stringify(to)}, content: "mine" }] }`;
  const plugins = [plugin("first", "table.md"), plugin("second", path)].join(", ");
  await using folder = await project({
    "greeter.yaml": greeter,
    "sagaspec.config.mjs": `export default { documents: ["greeter.yaml"], handlers: false, plugins: [${plugins}] };\n`,
  });
  const { code, notes } = await sagaspec(folder.path, "generate");
  expect(code).not.toBe(0);
  expect(notes).toContain(`the plugin second writes ${path}, which is written already`);
});

test.each(["ts", "mjs"])(
  "a configuration in .%s may import defineConfig where the command is not installed",
  async (ending) => {
    const config = `import { defineConfig } from "@sagaspec/cli";
export default defineConfig({ documents: ["greeter.yaml"], handlers: false });
`;
    await using folder = await project({ "greeter.yaml": greeter, [`sagaspec.config.${ending}`]: config });
    const { code, notes } = await sagaspec(folder.path, "generate");
    expect([code, notes]).toEqual([0, ""]);
  },
);
