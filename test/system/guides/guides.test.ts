/** The guides are true: each TypeScript and YAML block of theirs is written to the file that it names, and compiled and run. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../support/root.js";

const run = promisify(execFile);
const guides = join(root, "docs/guides");
const require = createRequire(import.meta.url);
const tsc = require.resolve("typescript/bin/tsc");
const node = ["--conditions=@sagaspec/source", "--import", require.resolve("tsx")];

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

interface Block {
  readonly guide: string;
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

/** The fenced blocks of a guide, in the order of reading. */
async function blocksOf(guide: string): Promise<readonly Block[]> {
  const text = await readFile(join(guides, guide), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => {
    const file = /^(?:\/\/|#) ([\w./-]+\.(?:ts|yaml))$/m.exec(body.split("\n", 1)[0] ?? "")?.[1];
    return { guide, language, file, text: body };
  });
}

const names = (await readdir(guides)).filter((name) => /^\d/.test(name)).sort();
const blocks = (await Promise.all(names.map(blocksOf))).flat();

let project = "";
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "sagaspec-guides-"));
  for (const { file, text } of blocks) {
    if (file === undefined) continue;
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), text);
  }
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "guides", private: true, type: "module" }));
  const command = join(root, "generator/src/cli/main.ts");
  await run(process.execPath, [...node, command, "generate"], { cwd: project });
}, 120_000);
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
    const compilerOptions = {
      target: "es2022",
      lib: ["es2023", "esnext.disposable"],
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
      customConditions: ["@sagaspec/source"],
    };
    const include = ["src", "test", "handlers", "generated", "sagaspec.config.ts"];
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
    const { stdout } = await run(process.execPath, [tsc, "-p", project]).catch((error) => error as { stdout: string });
    expect(stdout).toBe("");
  }, 120_000);

  it.each(programs)(
    "%s runs, says what the guide says, and ends",
    async (file, says) => {
      expect(existsSync(join(project, file))).toBe(true);
      const { stdout } = await run(process.execPath, [...node, file], { cwd: project, timeout: 60_000 });
      expect(stdout).toMatch(says);
    },
    90_000,
  );
});
