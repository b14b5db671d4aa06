/**
 * The guides are true: each TypeScript and YAML block of theirs is written to the file that it names, and compiled and run
 * with the packages that would be published.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Block, blocksOf, strictest } from "../../support/document-blocks.js";
import { installInto, packedTarballs } from "../../support/packed.js";
import { root } from "../../support/root.js";

const run = promisify(execFile);
const guides = join(root, "docs/guides");

/** Programs that say something when they run; all others are compiled only. */
const programs: readonly (readonly [file: string, says: RegExp])[] = [
  ["src/ends.ts", /^101\norder 1 is ready\n$/],
  ["src/failures.ts", /^ticketRefused no such order\n$/],
  ["src/main.ts", /^compensated\n$/],
  ["src/placing.ts", /^\{ ticketId: 7 \}\n$/],
  ["src/serve.ts", /^$/],
  ["test/decision.ts", /^$/],
  ["test/bus.ts", /^$/],
  ["test/simulation.ts", /^\{[^}]*completed: \d+/],
  ["test/handlers.ts", /^$/],
];

interface GuideBlock extends Block {
  readonly guide: string;
}

async function readGuide(guide: string): Promise<readonly GuideBlock[]> {
  return blocksOf(await readFile(join(guides, guide), "utf8")).map((block) => ({ guide, ...block }));
}

const names = (await readdir(guides)).filter((name) => /^\d/.test(name)).sort();
const blocks = (await Promise.all(names.map(readGuide))).flat();

/** What the guides' programs import beside our packages, and what compiles and runs them. */
const others = ["amqplib@2.3.1", "kafkajs@2.2.4", "pg@8.23.1", "@types/pg@8.23.1", "libsql@0.5.29"];
const tools = ["typescript@6.0.3", "tsx@4.23.15", "@types/node@22.20.5"];

let project = "";
let unreachable: string | undefined;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "sagaspec-guides-"));
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "guides", private: true, type: "module" }));
  unreachable = await installInto(project, ...(await packedTarballs()), ...others, ...tools);
  if (unreachable !== undefined) return;
  for (const { file, text } of blocks) {
    if (file === undefined) continue;
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), text);
  }
  await run(join(project, "node_modules/.bin/sagaspec"), ["generate"], { cwd: project });
}, 300_000);
beforeEach(({ skip }) => skip(unreachable !== undefined, unreachable));
afterAll(() => rm(project, { recursive: true, force: true }));

describe("the guides", () => {
  it("name the file of each TypeScript and YAML block", () => {
    const nameless = blocks.filter(({ language, file }) => /^(ts|yaml)$/.test(language) && file === undefined);
    expect(nameless.map(({ guide, text }) => `${guide}: ${text.slice(0, 60)}`)).toEqual([]);
  });

  it("link only to guides that are there, and list each of them", async () => {
    const index = await readFile(join(guides, "README.md"), "utf8");
    for (const name of names) {
      expect(index).toContain(`(${name})`);
      const text = await readFile(join(guides, name), "utf8");
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = ""]) => target);
      expect(links.filter((target) => !existsSync(join(guides, target)))).toEqual([]);
    }
  });

  it("compile under the strictest flags", async () => {
    const include = ["src", "test", "handlers", "generated", "sagaspec.config.ts"];
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: strictest, include }));
    const { stdout } = await run(join(project, "node_modules/.bin/tsc"), ["-p", project]).catch(
      (error) => error as { stdout: string },
    );
    expect(stdout).toBe("");
  }, 120_000);

  it.each(programs)(
    "%s runs, says what the guide says, and ends",
    async (file, says) => {
      expect(existsSync(join(project, file))).toBe(true);
      const { stdout } = await run(process.execPath, ["--import", "tsx", file], { cwd: project, timeout: 60_000 });
      expect(stdout).toMatch(says);
    },
    90_000,
  );
});
