import { execFile } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient, serve } from "@sagaspec/runtime";
import { describe, expect, test } from "vitest";
import { type FailuresHandlers, failures } from "../../../generated/features/failures/index.js";
import { complaints } from "../../support/compile.js";
import { feature } from "../../support/contracts/read.js";
import { root } from "../../support/root.js";
import { sagaspec } from "../cli/terminal.js";
import { filesOf, siteOf } from "../docs/site-of.js";
import { projectOf, specs } from "./features.js";
import { tapped } from "./tapped.js";

describe("the mapping: what the tool writes and reads", { timeout: 60_000 }, () => {
  test("every feature's checked-in output is what its document gives", async () => {
    const { code, out } = await sagaspec(specs, "generate", "--check");
    expect([code, out]).toEqual([0, "up to date"]);
  });

  test("stubs: compile, answer a failure that is never retried, and count as missing until they are written", async () => {
    using folder = projectOf("failures");
    const missing = await sagaspec(folder.path, "generate", "--check");
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining("missing handler: failures.bookSeat")]);
    const { out } = await sagaspec(folder.path, "generate");
    expect(out).toContain("wrote handlers/failures.ts: failures.bookSeat");
    const stubs = join(folder.path, "handlers/failures.ts");
    expect(readFileSync(stubs, "utf8")).toContain('return notImplemented("failures.bookSeat");');
    expect(complaints([stubs], "nodenext")).toEqual([]);
    const unwritten = await sagaspec(folder.path, "generate", "--check");
    expect([unwritten.code, unwritten.out]).toEqual([
      1,
      expect.stringContaining("unwritten handler: failures.bookSeat"),
    ]);

    const { transport, sent } = tapped();
    const { handlers } = (await import(stubs)) as { handlers: FailuresHandlers };
    const server = await serve(failures, handlers, transport, { onProblem: () => {} });
    const client = createClient(failures, transport);
    await expect(client.bookSeat({ seat: "1" })).rejects.toMatchObject({ code: "remote-error", retryable: false });
    expect(sent).toHaveLength(2);
    await server.close();
    await transport.close();
  });

  test("docs pages: every field, constraint, failure and timeout is in the HTML, without script", async () => {
    const site = await siteOf(
      await Promise.all(["correlation", "failures", "reply-v3", "parameters"].map((name) => feature(name))),
    );
    const pages = [...(await filesOf(site))].filter(([path]) => path.endsWith(".html")).map(([, content]) => content);
    const html = pages.join("\n").replace(/<script.*?<\/script>/gs, "");
    const words = html
      .replace(/<[^>]*>/g, " ")
      .replaceAll("&nbsp;", " ")
      .replace(/\s+/g, " ");
    for (const field of ["sku", "number", "answerTo", "grams", "retryable", "arrives"])
      expect(words).toContain(` ${field} `);
    expect(words).toContain("number integer required 1 to 999999");
    expect(words).toContain("seatTaken failure");
    expect(words).toContain("Timeout 500 ms");
    expect(words).toContain("Where the room lies.");
  });

  test("speed: rules run once for a content, ts-morph is loaded for new stubs only, an unchanged document is not read", async () => {
    using folder = projectOf("failures");
    // A cache of its own: in the workspace's the document is known.
    mkdirSync(join(folder.path, "node_modules"));
    const first = await loadedBy(folder.path);
    expect(first).toContain("rules");
    expect(first).toContain("printers");
    expect(await loadedBy(folder.path)).toEqual([]);
    appendFileSync(join(folder.path, "handlers/failures.ts"), "// mine\n");
    expect(await loadedBy(folder.path)).toEqual(["handlers"]);
    // Printed anew, but of a known content.
    expect(await loadedBy(folder.path, "--out", "elsewhere")).toEqual(["printers"]);
  });
});

/** What is slow to load, and who loads it. */
const slow = { rules: "/@asyncapi/parser/", printers: "/@asyncapi/modelina/", handlers: "/ts-morph/" };

/** Which of the slow ones a run of `generate` loads: the engine lists every script for its coverage. */
async function loadedBy(cwd: string, ...options: string[]): Promise<readonly string[]> {
  const coverage = mkdtempSync(join(tmpdir(), "sagaspec-loaded-"));
  const main = join(root, "generator/src/cli/main.ts");
  const node = ["--conditions=@sagaspec/source", "--import", "tsx", main, "generate", ...options];
  await promisify(execFile)(process.execPath, node, { cwd, env: { ...process.env, NODE_V8_COVERAGE: coverage } });
  const scripts = readdirSync(coverage).map((file) => readFileSync(join(coverage, file), "utf8"));
  rmSync(coverage, { recursive: true });
  return Object.entries(slow).flatMap(([what, part]) => (scripts.some((one) => one.includes(part)) ? [what] : []));
}
