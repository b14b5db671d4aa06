// Bundles the command with everything it needs, so that users install few packages, and writes the public types.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });

// Bundled CommonJS asks for `require` and for the place of its file, which ES modules do not have.
const banner = `import { createRequire as $createRequire } from "node:module";
import { dirname as $dirname } from "node:path";
import { fileURLToPath as $fileURLToPath } from "node:url";
const require = $createRequire(import.meta.url);
const __filename = $fileURLToPath(import.meta.url);
const __dirname = $dirname(__filename);`;

// The RAML reader asks for a file of an older Ajv, to check its own result against draft-04; it is read as draft-07 here.
const withoutDraft4 = {
  name: "without-draft-04",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /json-schema-draft-04\.json$/ }, ({ path }) => ({ path, namespace: "absent" }));
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "{}", loader: "json" }));
  },
};

// It assigns a variable that it does not declare, which only sloppy code may.
const strictRaml = {
  name: "strict-raml",
  setup({ onLoad }) {
    onLoad({ filter: /webapi-parser\.js$/ }, ({ path }) => ({ contents: `var Ajv;${readFileSync(path, "utf8")}` }));
  },
};

// For every document it compiles the schema of AsyncAPI anew, which is most of what reading a document takes. That
// schema is always the same, and valid; those of documents still have a compiler each, because their ids may clash.
// Optimising the code of a validator that runs once takes longer than running it.
const compiledOnce = {
  name: "compiled-once",
  setup({ onLoad }) {
    const patched = (path, changes) => {
      const text = readFileSync(path, "utf8");
      const absent = changes.find(([from]) => !text.includes(from));
      if (absent) throw new Error(`${path} is not what it was: look for what has become of ${absent[0]}`);
      return { contents: changes.reduce((so, [from, to]) => so.replace(from, to), text) };
    };
    onLoad({ filter: /spectral-functions\/dist\/schema\/index\.js$/ }, ({ path }) =>
      patched(path, [
        ["const instances =", "let shared; const ofAsyncapi = () => (shared ??= (0, ajv_1.createAjvInstances)());\n$&"],
        [
          "instances.get(documentInventory)",
          '(String(opts.schema.$id).startsWith("http://asyncapi.com/") ? ofAsyncapi() : $&)',
        ],
      ]),
    );
    onLoad({ filter: /spectral-functions\/dist\/schema\/ajv\.js$/ }, ({ path }) =>
      patched(path, [
        ["unicodeRegExp: false,", "$& code: { optimize: false },"],
        ["ajv.compile(schema)", '(ajv.opts.validateSchema = !$id.startsWith("http://asyncapi.com/"), $&)'],
      ]),
    );
  },
};

// `await import("a CommonJS package")` has named exports in Node; in a bundle it has those that are named here.
const namedExports = {
  name: "named-exports",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path, kind, namespace }) => {
      if (kind !== "dynamic-import" || namespace !== "file" || path in manifest.dependencies) return undefined;
      return { path, namespace: "named-exports" };
    });
    onLoad({ filter: /.*/, namespace: "named-exports" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
      return { contents: `export { ${names.join(", ")} } from ${JSON.stringify(path)};`, resolveDir: root };
    });
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { index: "src/index.ts", "cli/main": "src/cli/main.ts" },
  outdir: dist,
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: Object.keys(manifest.dependencies),
  banner: { js: banner },
  // The runtime is built after the command: what both need is taken from its source.
  conditions: ["@sagaspec/source"],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  // Its main file asks for its parts in a way that no bundler sees.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  plugins: [withoutDraft4, strictRaml, compiledOnce, namedExports],
  metafile: true,
  logLevel: "warning",
});

// Styles and scripts of the docs site: beside the chunk that reads them.
cpSync(join(root, "src/docs/assets"), join(dist, "assets"), { recursive: true });
// A script that sets a global: pages from the file system load no modules.
const miniSearch = createRequire(import.meta.url).resolve("minisearch");
const { metafile: ofSearch } = await build({
  absWorkingDir: root,
  entryPoints: [join(dirname(miniSearch), "../umd/index.js")],
  outfile: join(dist, "assets/minisearch.js"),
  minify: true,
  metafile: true,
});
const bundled = [...Object.keys(metafile.inputs), ...Object.keys(ofSearch.inputs)];
writeFileSync(join(dist, "licences.txt"), licences(bundled));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });

// Of every package that has become part of the bundle.
function licences(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const path = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const file = readdirSync(path).find((one) => /^(licen[cs]e|copying)/i.test(one));
    const text = file && existsSync(join(path, file)) ? readFileSync(join(path, file), "utf8").trim() : "";
    return `${name} ${version} (${license?.type ?? license ?? "see the package"})\n\n${text}`.trim();
  });
  const head = "This package contains the following packages, each under its own licence.";
  return `${[head, ...texts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
