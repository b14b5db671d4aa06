import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Given } from "../../../generator/src/cli/command.js";
import { command } from "../../../generator/src/cli/commands/diff.js";

const document = (quantity: string) => `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels:
  orders:
    address: shop.orders
    messages:
      order: { payload: { $ref: ./order.yaml } }
operations:
  placeOrder: { action: receive, channel: { $ref: "#/channels/orders" } }
# ${quantity}
`;
const order = (quantity: string) => `type: object
properties:
  quantity: { type: integer, ${quantity} }
`;

describe("sagaspec diff", () => {
  let cwd = "";
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "sagaspec-test-diff-"));
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], { cwd });
    writeFileSync(join(cwd, "shop.yaml"), document("old"));
    writeFileSync(join(cwd, "order.yaml"), order("minimum: 1"));
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "shop");
    writeFileSync(join(cwd, "order.yaml"), order("minimum: 2"));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it("compares a document in a commit, with its files, to the one at hand", async () => {
    const { code, out } = await diff({}, "git:HEAD:shop.yaml", "shop.yaml");
    expect(out).toContain("Message order, payload `quantity`: minimum 1 becomes 2.");
    expect(out).toContain("1 breaking");
    expect(code).toBe(1);
  });

  it("writes JSON for machines and a table for pull requests", async () => {
    const { out } = await diff({ json: true }, "git:HEAD:./shop.yaml", "shop.yaml");
    expect(JSON.parse(out)).toMatchObject({
      service: "shop",
      changes: [{ level: "breaking", code: "range-narrowed", side: "senders" }],
    });
    const markdown = await diff({ format: "markdown" }, "git:HEAD:shop.yaml", "shop.yaml");
    expect(markdown.out).toContain("| Message order, payload `quantity`: minimum 1 becomes 2. | senders |");
  });

  it("fails only on what it is told to fail on", async () => {
    expect((await diff({ "fail-on": "none" }, "git:HEAD:shop.yaml", "shop.yaml")).code).toBe(0);
    expect((await diff({ "fail-on": "unknown" }, "shop.yaml", "git:HEAD:shop.yaml")).code).toBe(0);
    expect((await diff({}, "shop.yaml", "shop.yaml")).out).toBe("no change that others notice");
  });

  it("says what is wrong with a document that cannot be read, or that git does not know", async () => {
    expect(await diff({}, "absent.yaml", "shop.yaml")).toMatchObject({
      code: 1,
      notes: expect.stringContaining("absent.yaml"),
    });
    await expect(diff({}, "git:HEAD:absent.yaml", "shop.yaml")).rejects.toThrow("git has no absent.yaml in HEAD");
    await expect(diff({}, "shop.yaml")).rejects.toThrow("sagaspec diff OLD NEW");
  });

  async function diff(values: Given["values"], ...positionals: string[]) {
    const [out, notes]: [string[], string[]] = [[], []];
    const { signal } = new AbortController();
    const note = (line: string) => void notes.push(line);
    const terminal = { cwd, color: false, env: {}, out: (line: string) => void out.push(line), note, signal };
    const code = await command.run({ positionals, values }, terminal);
    return { code, out: out.join("\n"), notes: notes.join("\n") };
  }
});
