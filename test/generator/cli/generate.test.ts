import { readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeOutput } from "../../../generator/src/pipeline/output.js";
import { root } from "../../support/root.js";
import { greeter, project, sagaspec, sagaspecUntil } from "./terminal.js";

test("the checked-in output is what the documents give", async () => {
  const { code, out } = await sagaspec(root, "generate", "--check", "--no-handlers");
  expect(out).toBe("up to date");
  expect(code).toBe(0);
});

describe("sagaspec generate", () => {
  test("writes a service and its stubs from a document on the command line", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    const { code, out } = await sagaspec(folder.path, "generate", "greeter.yaml", "--out", "src/generated");
    expect(out).toContain("wrote src/generated/greeter/contract.ts");
    expect(code).toBe(0);
    const stubs = await readFile(join(folder.path, "handlers/greeter.ts"), "utf8");
    expect(stubs).toContain('import type { GreeterHandlers } from "../src/generated/greeter/index.js";');
    expect(stubs).toContain('return notImplemented("greeter.greet");');
  });

  test("touches nothing when nothing has changed", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    await sagaspec(folder.path, "generate", "greeter.yaml");
    const file = join(folder.path, "generated/greeter/messages.ts");
    const before = await stat(file, { bigint: true });
    const { out } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(out).not.toContain("wrote generated");
    expect((await stat(file, { bigint: true })).mtimeNs).toBe(before.mtimeNs);
  });

  test("repairs output that was edited", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    await sagaspec(folder.path, "generate", "greeter.yaml");
    const file = join(folder.path, "generated/greeter/messages.ts");
    const text = await readFile(file, "utf8");
    await writeFile(file, "// mine\n");
    expect((await sagaspec(folder.path, "generate", "greeter.yaml")).out).toContain(
      "wrote generated/greeter/messages.ts",
    );
    expect(await readFile(file, "utf8")).toBe(text);
  });

  test("removes what is no longer generated, and nothing that it did not write", async () => {
    const config = 'export default { documents: ["specs/*.yaml"], handlers: false };\n';
    await using folder = await project({ "sagaspec.config.mjs": config, "specs/greeter.yaml": greeter });
    await sagaspec(folder.path, "generate");
    await writeFile(join(folder.path, "generated/greeter/mine.txt"), "mine");
    await rename(join(folder.path, "specs/greeter.yaml"), join(folder.path, "specs/welcome.yaml"));
    const { out } = await sagaspec(folder.path, "generate");
    expect(out).toContain("removed generated/greeter/contract.ts");
    expect(await readdir(join(folder.path, "generated/greeter"))).toEqual(["mine.txt"]);
  });

  test("leaves other services alone when one document is named", async () => {
    const config = 'export default { documents: ["specs/*.yaml"], handlers: false };\n';
    const files = { "sagaspec.config.mjs": config, "specs/greeter.yaml": greeter, "specs/other.yaml": greeter };
    await using folder = await project(files);
    await sagaspec(folder.path, "generate");
    await sagaspec(folder.path, "generate", "specs/other.yaml");
    const { out, code } = await sagaspec(folder.path, "generate", "--check");
    expect([code, out]).toEqual([0, "up to date"]);
  });

  test("adds a stub for a new operation, and says which are unwritten or gone", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    await sagaspec(folder.path, "generate", "greeter.yaml");
    const more = greeter.replaceAll("  greet:", "  welcome:");
    await writeFile(join(folder.path, "greeter.yaml"), more);
    const { out } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(out).toContain("added to handlers/greeter.ts: greeter.welcome");
    expect(out).toContain("still to be written: greeter.greet");
    expect(out).toContain("no operation calls greet any more");
  });

  test("writes nothing when a document is invalid, and says where", async () => {
    await using folder = await project({ "greeter.yaml": greeter.replace("version: 1.0.0", "version: 1") });
    const { code, notes } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(code).toBe(1);
    expect(notes).toMatch(/greeter\.yaml:2:\d+ error/);
    expect(notes).toContain("Nothing was written");
    expect(await readdir(folder.path)).not.toContain("generated");
  });

  test.each([
    ["a value of the wrong type", ["version: 1.0.0", "version: 1"], "2:34", "#/info/version", "into quotes"],
    [
      "an action that does not exist",
      ["receive", "recieve"],
      "14:13",
      "#/operations/greet/action",
      "values that are listed",
    ],
    [
      "a reference to nothing",
      ["channels/commands", "channels/comands"],
      "15:5",
      "#/operations/greet/channel",
      "spelling",
    ],
    ["no YAML at all", [greeter, "asyncapi: ["], "1:12", undefined, "Correct the YAML"],
  ] as const)("says of %s file, line, column, pointer and what to do", async (_, [from, to], place, pointer, hint) => {
    await using folder = await project({ "greeter.yaml": greeter.replace(from, () => to) });
    const { code, notes } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(code).toBe(1);
    const [error = "", ...rest] = notes.split("\n\n").filter((note) => note.includes(`greeter.yaml:${place} error `));
    expect(rest).toEqual([]);
    if (pointer !== undefined) expect(error).toContain(`at ${pointer}\n`);
    expect(error).toMatch(new RegExp(`hint: .*${hint}`));
    expect(notes).not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
  });

  test("names a compensation that the document does not have", async () => {
    const wrong = greeter.replace("reply:\n", "x-compensated-by: ungreet\n    reply:\n");
    await using folder = await project({ "greeter.yaml": wrong });
    const { notes } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(notes).toContain("greeter.yaml:16:5 warning unknown-compensation there is no operation 'ungreet'");
    expect(notes).toContain("hint: Name one of: greet.");
  });

  test("tells machines what it did", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    const { out } = await sagaspec(folder.path, "generate", "greeter.yaml", "--json");
    expect(JSON.parse(out)).toMatchObject({ services: ["greeter"], removed: [], diagnostics: [] });
  });

  test("generates one side where a role is given", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    await sagaspec(folder.path, "generate", "greeter.yaml", "--role", "consumer");
    const text = await readFile(join(folder.path, "generated/greeter/contract.ts"), "utf8");
    expect(text).toContain("GreeterClient");
    expect(text).not.toContain("GreeterHandlers");
    expect(await readdir(folder.path)).not.toContain("handlers");
  });
});

describe("sagaspec generate --check", () => {
  test("refuses stale output, missing handlers and unwritten ones, and writes nothing", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    const missing = await sagaspec(folder.path, "generate", "greeter.yaml", "--check");
    expect(missing.code).toBe(1);
    expect(missing.out).toContain("stale: generated/greeter/contract.ts");
    expect(missing.out).toContain("missing handler: greeter.greet");
    expect(await readdir(folder.path)).not.toContain("generated");

    await sagaspec(folder.path, "generate", "greeter.yaml");
    const unwritten = await sagaspec(folder.path, "generate", "greeter.yaml", "--check");
    expect(unwritten.code).toBe(1);
    expect(unwritten.out).toContain("unwritten handler: greeter.greet in handlers/greeter.ts");

    const file = join(folder.path, "handlers/greeter.ts");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('notImplemented("greeter.greet")', '{ text: "hello" }'));
    const written = await sagaspec(folder.path, "generate", "greeter.yaml", "--check");
    expect([written.code, written.out]).toEqual([0, "up to date"]);
  });
});

describe("the output folder", () => {
  test("is never left, whatever a name says", async () => {
    await using folder = await project({ "outside/keep.txt": "" });
    for (const path of ["../x.ts", "/tmp/x.ts", "a/../../x.ts", "a\\..\\x.ts", "", "a//b"]) {
      await expect(writeOutput(join(folder.path, "out"), [{ path, content: "" }])).rejects.toThrow("not a path inside");
    }
  });

  test("is not left through a link", async () => {
    await using folder = await project({ "outside/keep.txt": "", "out/keep.txt": "" });
    await symlink(join(folder.path, "outside"), join(folder.path, "out/link"));
    await expect(writeOutput(join(folder.path, "out"), [{ path: "link/x.ts", content: "" }])).rejects.toThrow(
      "not a path",
    );
  });
});

describe("the command line", () => {
  test("explains itself, and refuses what it does not know with exit code 2", async () => {
    expect((await sagaspec(root, "--help")).out).toContain("generate");
    expect((await sagaspec(root, "generate", "--help")).out).toContain("--check");
    expect(await sagaspec(root, "generte")).toMatchObject({ code: 2, notes: expect.stringContaining("did you mean") });
    expect((await sagaspec(root, "generate", "--no-such-option")).code).toBe(2);
    expect((await sagaspec(root, "generate", "nothing-like-this.yaml")).code).toBe(1);
  });

  test("init writes a configuration and a document that generates", async () => {
    await using folder = await project({});
    expect((await sagaspec(folder.path, "init")).code).toBe(0);
    const [document = ""] = (await readdir(join(folder.path, "specs"))).map((name) => `specs/${name}`);
    const { code, notes } = await sagaspec(
      folder.path,
      "validate",
      document,
      "--config",
      join(root, "sagaspec.config.ts"),
    );
    expect(notes).toContain("no problems");
    expect(code).toBe(0);
  });

  test("init names folders of documents, so that a document that comes later is read as well", async () => {
    await using folder = await project({ "sub/a.yaml": greeter, "mixed/b.yaml": greeter, "mixed/c.yaml": "a: 1\n" });
    await sagaspec(folder.path, "init");
    const config = () => readFile(join(folder.path, "sagaspec.config.ts"), "utf8");
    expect(await config()).toContain('documents: ["mixed/b.yaml", "sub/*.yaml"]');
    await rm(join(folder.path, "sagaspec.config.ts"));
    await rm(join(folder.path, "sub"), { recursive: true });
    await rm(join(folder.path, "mixed"), { recursive: true });
    await sagaspec(folder.path, "init");
    expect(await config()).toContain('documents: ["specs/*.yaml"]');
  });

  test("generate says which documents beside those that it reads are not read", async () => {
    await using folder = await project({
      "sagaspec.config.json": '{ "documents": ["specs/greeter.yaml"], "handlers": false }',
      "specs/greeter.yaml": greeter.replace("{ type: string }", "{ $ref: text.yaml }"),
      "specs/text.yaml": "type: string\n",
      "specs/other.yaml": greeter.replace("Greeter", "Other"),
      "specs/notes.json": "{}",
    });
    const { code, notes } = await sagaspec(folder.path, "generate");
    expect([code, notes]).toEqual([0, expect.stringMatching(/^not read: specs\/other\.yaml; name it in documents/)]);
    expect((await sagaspec(folder.path, "generate", "specs/greeter.yaml")).notes).toBe("");
  });

  test.each(["json", "sarif", "github"])("validate reports as %s", async (format) => {
    await using folder = await project({ "greeter.yaml": greeter.replace("version: 1.0.0", "version: 1") });
    const { code, out } = await sagaspec(folder.path, "validate", "greeter.yaml", "--format", format);
    expect(code).toBe(1);
    if (format === "github") expect(out).toMatch(/^::error file=greeter\.yaml,line=2,col=\d+/m);
    else expect(JSON.stringify(JSON.parse(out))).toContain("greeter.yaml");
  });
});

test("SARIF names a file as a URI", async () => {
  await using folder = await project({ "a b#1%.yaml": greeter.replace("version: 1.0.0", "version: 1") });
  const { out } = await sagaspec(folder.path, "validate", "a b#1%.yaml", "--format", "sarif");
  expect(out).toContain('"uri": "a%20b%231%25.yaml"');
});

test("explain knows the names that the printer makes, and takes none for another", async () => {
  await using folder = await project({
    "greeter.yaml": greeter,
    "named.yaml": `asyncapi: 3.0.0
info: { title: Named, version: 1.0.0 }
channels:
  c:
    address: c.{id}
    parameters: { id: {} }
    messages: { test: { payload: { $ref: "#/components/schemas/Test" } }, other: { payload: { $ref: "#/components/schemas/TestSchema" } } }
operations: { told: { action: send, channel: { $ref: "#/channels/c" } } }
components: { schemas: { Test: { type: object }, TestSchema: { type: object } } }
`,
  });
  const explained = async (name: string) =>
    (
      JSON.parse((await sagaspec(folder.path, "explain", name, "named.yaml", "--json")).out) as { pointer: string }[]
    ).map(({ pointer }) => pointer);
  expect(await explained("TestJsonSchema")).toEqual(["#/components/schemas/Test"]);
  expect(await explained("TestSchema")).toEqual(["#/components/schemas/TestSchema"]);
  expect(await explained("CParameters")).toEqual(["#/channels/c"]);
});

test("explain tells file, line and pointer of a generated name", async () => {
  const { code, out } = await sagaspec(root, "explain", "CreateTicketItem");
  expect(code).toBe(0);
  expect(out).toMatch(
    /specs\/restaurant\.yaml:\d+:\d+\n {2}#\/components\/schemas\/CreateTicket\/properties\/items\/items$/,
  );
  expect((await sagaspec(root, "explain", "NoSuchName")).code).toBe(1);
});

test("watching generates again when a document changes, and ends when it is told to", async () => {
  await using folder = await project({ "greeter.yaml": greeter });
  const stop = new AbortController();
  const running = sagaspecUntil(stop.signal, folder.path, "generate", "greeter.yaml", "--watch");
  const file = join(folder.path, "generated/greeter/index.ts");
  await expect.poll(() => readFile(file, "utf8").catch(() => ""), { timeout: 15_000 }).toContain("(Greeter 1.0.0)");
  await expect
    .poll(
      async () => {
        await writeFile(join(folder.path, "greeter.yaml"), greeter.replace("version: 1.0.0", "version: 1.0.1"));
        return readFile(file, "utf8");
      },
      { timeout: 15_000, interval: 500 },
    )
    .toContain("(Greeter 1.0.1)");
  stop.abort();
  expect((await running).code).toBe(0);
}, 40_000);
