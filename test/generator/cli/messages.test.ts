import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../support/root.js";
import { greeter, project, sagaspec } from "./terminal.js";

const files = {
  "greeter.yaml": greeter,
  "empty.yaml": "",
  "list.json": "[1, 2]\n",
  "text.yaml": "just a text\n",
  "old.yaml": "asyncapi: 1.2.0\ninfo: { title: Old, version: 1.0.0 }\ntopics: {}\n",
  "openapi.yaml": "openapi: 3.0.0\ninfo: { title: Other, version: 1.0.0 }\n",
  "folder/inner.txt": "",
};

const problems: readonly (readonly [file: string, said: string, hint: string])[] = [
  ["nothing.yaml", "nothing.yaml error file-not-found there is no such file", "Check the path"],
  ["folder", "folder error not-a-file this is a folder", "'specs/*.yaml'"],
  ["empty.yaml", "empty.yaml:1:1 error empty-document the document is empty", "starts with `asyncapi: 3.0.0`"],
  ["list.json", "list.json:1:1 error not-an-object the document is a list", "starts with `asyncapi: 3.0.0`"],
  ["text.yaml", "text.yaml:1:1 error not-an-object the document is a single value", "starts with `asyncapi: 3.0.0`"],
  ["openapi.yaml", "openapi.yaml:1:1 error not-asyncapi", "starts with `asyncapi: 3.0.0`"],
  ["old.yaml", 'old.yaml:1:1 error unsupported-version AsyncAPI "1.2.0" is not supported', "@asyncapi/cli convert"],
];

const commands: readonly (readonly [command: string, argv: (file: string) => readonly string[]])[] = [
  ["generate", (file) => ["generate", file]],
  ["generate --check", (file) => ["generate", file, "--check"]],
  ["validate", (file) => ["validate", file]],
  ["bundle", (file) => ["bundle", file]],
  ["explain", (file) => ["explain", "Greet", file]],
  ["diff, of the old one,", (file) => ["diff", file, "greeter.yaml"]],
  ["diff, of the new one,", (file) => ["diff", "greeter.yaml", file]],
];

describe.each(commands)("%s says what is wrong with", (_, argv) => {
  test.each(problems)("%s, and what to do", async (file, said, hint) => {
    await using folder = await project(files);
    const { code, out, notes } = await sagaspec(folder.path, ...argv(file));
    const text = `${out}\n${notes}`;
    expect(text).toContain(said);
    expect(text).toMatch(/\n {2}hint: /);
    expect(text).toContain(hint);
    expect(text).not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
    expect(code).toBe(1);
    expect((await readdir(folder.path)).sort()).toEqual(["folder", ...Object.keys(files).slice(0, -1)].sort());
  });
});

describe("wrong usage", () => {
  test.each([
    [["generate", "--chek"], "there is no option --chek; did you mean --check?", "sagaspec generate --help"],
    [["validate", "--xyz"], "there is no option --xyz\n", "sagaspec validate --help"],
    [["generate", "--role", "boss"], '--role takes provider, consumer, not "boss"', "sagaspec generate --help"],
    [["generate", "nothing/*.yaml"], "no file matches nothing/*.yaml", "sagaspec generate --help"],
    [["generate"], "no document was named; try sagaspec init", "sagaspec generate --help"],
    [["init", "there"], "init takes no arguments", "sagaspec init --help"],
    [["frobnicate"], 'there is no command "frobnicate"\n', "sagaspec --help"],
  ])("%j is told, with where to look", async (argv, said, help) => {
    await using folder = await project(files);
    const { code, notes } = await sagaspec(folder.path, ...argv);
    expect(notes).toContain(said);
    expect(notes).toContain(`${help} shows what there is.`);
    expect(code).toBe(2);
  });
});

test("a reference to nothing is told with what there is", async () => {
  await using folder = await project({ "greeter.yaml": greeter.replace("channels/commands", "channels/comands") });
  const { notes } = await sagaspec(folder.path, "generate", "greeter.yaml");
  expect(notes).toContain("'#/channels/comands' does not exist");
  expect(notes).toContain("There is 'commands', 'replies'.");
});

test("init keeps a configuration, whatever its ending", async () => {
  await using folder = await project({ "sagaspec.config.json": '{ "documents": ["greeter.yaml"] }', ...files });
  const { code, out } = await sagaspec(folder.path, "init");
  expect([code, out]).toEqual([0, expect.stringContaining("kept sagaspec.config.json")]);
  expect(await readdir(folder.path)).not.toContain("sagaspec.config.ts");
});

test("--check says who is to act: generate, or whoever writes the handlers", async () => {
  await using folder = await project({ "greeter.yaml": greeter });
  const stale = await sagaspec(folder.path, "generate", "greeter.yaml", "--check");
  expect(stale.out).toContain("sagaspec generate brings the output up to date");
  await sagaspec(folder.path, "generate", "greeter.yaml");
  const unwritten = await sagaspec(folder.path, "generate", "greeter.yaml", "--check");
  expect(unwritten.out).toBe(
    "unwritten handler: greeter.greet in handlers/greeter.ts\n1 finding; what is left is to be written by hand; " +
      'what a saga serves is left out by Omit<...Handlers, "name">',
  );
});

test("what the command line is not to blame for ends with 1 and what to do, not with a hint at --debug", async () => {
  await using folder = await project({
    "sagaspec.config.json": '{ "documents": [], "sagas": "admin.ts" }',
    "admin.ts": `
      import { connect } from "node:net";
      import { once } from "node:events";
      const missing = ["list", "find", "act", "actOnAll", "start", "check", "operations", "purge", "history"];
      const none = () => { throw new Error("[store-unavailable] orders.db: it is gone; bring it back"); };
      const summary = () => once(connect(1, "127.0.0.1"), "connect");
      export default () => ({ ...Object.fromEntries(missing.map((name) => [name, none])), summary, close() {} });
    `,
  });
  const list = await sagaspec(folder.path, "saga", "list");
  expect(list).toEqual({ code: 1, out: "", notes: "[store-unavailable] orders.db: it is gone; bring it back" });
  const show = await sagaspec(folder.path, "saga", "show", "1");
  expect(show).toMatchObject({ code: 1, notes: expect.stringMatching(/^nothing answers at 127\.0\.0\.1:1 \(ECONN/) });
  expect((await sagaspec(folder.path, "saga", "list", "--debug")).notes).toContain("admin.ts:5:");
});

test("output that nobody reads to its end is no fault", async () => {
  const cli = join(root, "generator/src/cli/main.ts");
  const argv = ["--conditions=@sagaspec/source", "--import", "tsx", cli, "--help"];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const notes: string[] = [];
  child.stderr.on("data", (text) => notes.push(String(text)));
  const [code] = await once(child, "close");
  expect([code, notes.join("")]).toEqual([0, ""]);
});

test("whoever checks again in one process is told what is wrong by now in a file that the document refers to", async () => {
  const channels = (address: string): string => `greeter: { address: ${address}, messages: { m: {} } }\n`;
  await using folder = await project({
    "document.yaml": `asyncapi: 3.0.0
info: { title: Greeter, version: 1.0.0 }
channels: { greeter: { $ref: "channels.yaml#/greeter" } }
operations: { onM: { action: receive, channel: { $ref: "#/channels/greeter" } } }
`,
    "channels.yaml": channels("greeter"),
  });
  const validate = () => sagaspec(folder.path, "validate", "document.yaml");
  expect(await validate()).toMatchObject({ code: 0 });
  await writeFile(join(folder.path, "channels.yaml"), channels("5"));
  expect(await validate()).toMatchObject({ code: 1, out: expect.stringContaining('"address" property type must be') });
  await writeFile(join(folder.path, "channels.yaml"), channels("again"));
  expect(await validate()).toMatchObject({ code: 0 });
});
