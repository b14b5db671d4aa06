/**
 * A new user's walk: the blocks of each README in the order of reading, in an empty folder, from the tarballs that would be
 * published. Files are written where their first line says, commands are carried out, programs end.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Block, blocksOf, strictest } from "../../support/document-blocks.js";
import { minimalEnvironment } from "../../support/minimal-path.js";
import { installInto, packedTarballs } from "../../support/packed.js";
import { root } from "../../support/root.js";

const run = promisify(execFile);

/** What the commands of each document say, one after the other. */
const documents: readonly (readonly [readme: string, says: readonly RegExp[]])[] = [
  ["README.md", [/wrote handlers\/restaurant\.ts/, /ticketId: 101[\s\S]*closed\n/, /completed\n[\s\S]*compensated\n/]],
  ["runtime/README.md", [/wrote generated/, /ticketId: 107/, /completed: \d+/, /create-order {2}1|create-order v1/]],
  ["generator/README.md", [/wrote generated/, /site/]],
];

/** Exit codes other than 0 that a line announces. */
const findings = /exit code 1$/;

describe.each(documents)("%s", (readme, says) => {
  it("is a walk that ends", { timeout: 300_000 }, async ({ skip }) => {
    const place = await mkdtemp(join(tmpdir(), "sagaspec-readme-"));
    const folder = join(place, "project");
    await mkdir(folder);
    try {
      const tarballs = await packedTarballs();
      await writeFile(join(folder, "package.json"), "{}");
      const unreachable = await installInto(folder, ...tarballs);
      skip(unreachable !== undefined, unreachable);
      await rm(join(folder, "package.json"));
      const blocks = blocksOf(await readFile(join(root, readme), "utf8"));
      expect(blocks.filter(isNameless).map(({ text }) => text)).toEqual([]);
      const said = await walk(folder, blocks, tarballs, await minimalEnvironment(place));
      for (const what of says) expect(said).toMatch(what);
      await compiles(folder);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});

const isNameless = ({ language, file }: Block): boolean => language !== "sh" && file === undefined;

async function walk(
  folder: string,
  blocks: readonly Block[],
  tarballs: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  let said = "";
  for (const { language, file, text } of blocks) {
    if (file !== undefined) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    } else if (language === "sh") {
      for (const line of text.trim().split("\n")) said += await carryOut(line, folder, tarballs, env);
    }
  }
  return said;
}

async function carryOut(
  line: string,
  folder: string,
  tarballs: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const [runtime = "", cli = ""] = ["runtime", "cli"].map((name) => tarballs.find((one) => one.includes(`-${name}-`)));
  const command = line.replace(/npm install .*$/, (install) =>
    install.replace("@sagaspec/runtime", runtime).replace("@sagaspec/cli", cli),
  );
  try {
    const { stdout } = await run("sh", ["-ec", command], { cwd: folder, env, timeout: 120_000 });
    return stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout: string; stderr: string };
    if (code === 1 && findings.test(line)) return stdout;
    throw new Error(`${line}\n${stdout}\n${stderr}`);
  }
}

async function compiles(folder: string): Promise<void> {
  const include = ["*.config.ts", "src", "test", "plugins", "handlers", "generated"];
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: strictest, include }));
  // What the documents speak of and do not install: drivers.
  await run("npm", ["install", "--silent", "--prefer-offline", "--no-audit", "amqplib", "pg", "@types/pg"], {
    cwd: folder,
  });
  const compiler = join(folder, "node_modules/.bin/tsc");
  const { stdout } = await run(compiler, ["-p", folder]).catch((error) => error as { stdout: string });
  expect(stdout).toBe("");
}
