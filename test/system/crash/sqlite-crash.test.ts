import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../support/root.js";
import type { ChildOptions, ChildReport } from "./child.js";

const expected = {
  statuses: ["completed", "compensated"],
  effects: [
    "card of order 1 charged",
    "ticket 201 approved",
    "ticket of order 1 created",
    "ticket of order 2 created",
    "ticket of order 2 rejected",
  ],
};

describe("a process killed at any of its writes", () => {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-crash-"));
  const program = join(folder, "child.mjs");
  let files = 0;
  const newPath = () => join(folder, `sagas-${files++}.db`);

  beforeAll(async () => {
    // One file starts in a tenth of the time, and this test starts many.
    await build({
      entryPoints: [join(import.meta.dirname, "child.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["@sagaspec/source"],
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The report, or undefined when the child was killed. Anything else is a failure. */
  function run(options: ChildOptions): Promise<ChildReport | undefined> {
    return new Promise((resolve, reject) => {
      const args = [program, JSON.stringify(options)];
      // The bundle lies outside of the workspace: the driver is found from here.
      const env = { ...process.env, NODE_PATH: join(root, "node_modules") };
      const child = execFile(process.execPath, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
        if (child.signalCode === "SIGKILL") resolve(undefined);
        else if (error) reject(new Error(`${stderr}\n${stdout}`, { cause: error }));
        else resolve(JSON.parse(stdout));
      });
    });
  }

  it("brings every saga to the same end once it is started again, each effect once", { timeout: 300_000 }, async () => {
    const whole = await run({ path: newPath() });
    expect(whole).toMatchObject(expected);
    const deaths = Array.from({ length: whole?.commits ?? 0 }, (_, index) => index + 1).flatMap((commit) => [
      { commit, when: "before" } as const,
      { commit, when: "after" } as const,
    ]);
    let killed = 0;
    const next = async (): Promise<void> => {
      const death = deaths.shift();
      if (!death) return;
      const path = newPath();
      // Groups form as time allows: a run may be over before it reaches the last of the commits counted above.
      const first = await run({ path, death });
      if (!first) killed += 1;
      const report = first ?? (await run({ path }));
      expect(report, `killed ${death.when} commit ${death.commit}`).toMatchObject(expected);
      return next();
    };
    await Promise.all([next(), next()]);
    expect(killed).toBeGreaterThan(20);
  });

  it("survives being killed again and again on the way", { timeout: 120_000 }, async () => {
    const path = newPath();
    let report: ChildReport | undefined;
    for (let life = 0; life < 60 && !report; life++) {
      report = await run({ path, death: { commit: 2 + (life % 5), when: life % 2 === 0 ? "after" : "before" } });
    }
    expect(report ?? (await run({ path }))).toMatchObject(expected);
  });
});
