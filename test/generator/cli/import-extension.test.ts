import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { greeter, project, sagaspec } from "./terminal.js";

const config = { "sagaspec.config.json": '{ "documents": ["greeter.yaml"] }', "greeter.yaml": greeter };

/** What the generated files of a project import each other by. */
async function extensionWith(files: Readonly<Record<string, string>>): Promise<string> {
  await using folder = await project({ ".git/HEAD": "", ...config, ...files });
  const { code, notes } = await sagaspec(folder.path, "generate");
  expect([code, notes]).toEqual([0, ""]);
  const endingIn = async (file: string) =>
    /from "\.[./\w-]*?(\.\w+|)"/.exec(await readFile(join(folder.path, file), "utf8"))?.[1];
  const ending = await endingIn("generated/greeter/index.ts");
  expect(await endingIn("handlers/greeter.ts")).toBe(ending);
  return ending ?? "none";
}

describe("relative imports in generated files end", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ["as JavaScript does, where nothing says otherwise", {}, ".js"],
    ["as TypeScript does, where the compiler allows it", allowing("allowImportingTsExtensions"), ".ts"],
    ["as TypeScript does, where the compiler rewrites it", allowing("rewriteRelativeImportExtensions"), ".ts"],
    [
      "as a base of tsconfig.json says, comments or not",
      {
        "tsconfig.json": '{ // mine\n "extends": ["./base", "missing/one"], "compilerOptions": { "strict": true, }, }',
        "base.json": '{ "compilerOptions": { /* "x */ "allowImportingTsExtensions": true } }',
      },
      ".ts",
    ],
    [
      "as a base that is a package says",
      {
        "tsconfig.json": '{ "extends": "@tsconfig/node-ts/tsconfig.json" }',
        "node_modules/@tsconfig/node-ts/tsconfig.json": '{ "compilerOptions": { "allowImportingTsExtensions": true } }',
      },
      ".ts",
    ],
    ["as in the project's own program", { "main.ts": 'import { a } from "./a.ts";\nexport * from "./b.js";\n' }, ".ts"],
    ["as in the project's own sources", { "src/deep/a.ts": 'import {\n  b,\n} from "../b.ts";\n' }, ".ts"],
    ["as in Deno", { "deno.json": "{}" }, ".ts"],
    ["as JavaScript does, where the project's files do", { "src/a.ts": 'import "./b.js";\n// from "./c.ts"\n' }, ".js"],
    ["as JavaScript does, where tsconfig.json cannot be read", { "tsconfig.json": "{ extends: 1" }, ".js"],
    [
      "as the configuration says, whatever else does",
      { "sagaspec.config.json": '{ "documents": ["greeter.yaml"], "importExtension": "" }', "deno.json": "{}" },
      "",
    ],
  ])("%s", async (_, files, ending) => {
    expect(await extensionWith(files)).toBe(ending);
  });
});

function allowing(option: string): Readonly<Record<string, string>> {
  return { "tsconfig.json": JSON.stringify({ compilerOptions: { [option]: true } }) };
}
