// Writes the reference to `docs/reference` as Markdown: all entry points from their docstrings, and what documents and
// command lines may say from the source. Exits with 1 where something has no description.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, LogLevel, ReflectionKind } from "typedoc";
import { common, type Options } from "../generator/src/cli/command.js";
import { commands } from "../generator/src/cli/commands.js";
import { type DiagnosticDescription, diagnosticCodes } from "../generator/src/contract/diagnostic-codes.js";
import { extensions } from "../generator/src/contract/extensions.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "docs/reference");

rmSync(out, { recursive: true, force: true });
const entries = await writeEntries();
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "commands.md"), await commandsPage());
writeFileSync(join(out, "extensions.md"), extensionsPage());
writeFileSync(join(out, "diagnostics.md"), diagnosticsPage());
writeFileSync(join(out, "README.md"), indexPage(entries));
console.log("wrote docs/reference");

/** Every entry of a package that has types, by its source, with the name by which it is imported. */
function entriesOf(folder: string): [file: string, name: string][] {
  const { name, exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    name: string;
    exports: { [path: string]: string | { "@sagaspec/source": string } };
  };
  return Object.entries(exports).flatMap(([path, target]): [string, string][] =>
    typeof target === "string" ? [] : [[join(root, folder, target["@sagaspec/source"]), name + path.slice(1)]],
  );
}

async function writeEntries(): Promise<readonly string[]> {
  const names = new Map([...entriesOf("runtime"), ...entriesOf("generator")]);
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: [...names.keys()],
    tsconfig: join(root, "scripts/reference.tsconfig.json"),
    name: "Reference",
    readme: "none",
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    sort: ["source-order"],
    groupOrder: ["Functions", "Classes", "Interfaces", "Type Aliases", "Variables", "*"],
    // Whatever is exported says what it promises.
    validation: { notExported: false, invalidLink: true, notDocumented: true },
    requiredToBeDocumented: ["Function", "Class", "Interface", "TypeAlias", "Variable"],
    logLevel: LogLevel.Warn,
    ...{
      router: "module",
      hidePageHeader: true,
      hideBreadcrumbs: true,
      useCodeBlocks: true,
      useHTMLAnchors: true,
      parametersFormat: "table",
      interfacePropertiesFormat: "table",
      classPropertiesFormat: "table",
      propertyMembersFormat: "table",
      typeDeclarationFormat: "table",
      typeAliasPropertiesFormat: "table",
    },
  });
  const project = await app.convert();
  if (!project) process.exit(1);
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    module.name = names.get(project.getSymbolIdFromReflection(module)?.fileName ?? "") ?? module.name;
  }
  app.validate(project);
  await app.outputs.writeOutput({ name: "markdown", path: out }, project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
  return [...names.values()];
}

function indexPage(names: readonly string[]): string {
  const list = names.map((name) => `- [${name}](${name}.md)`).join("\n");
  return `# Reference

What a guide leaves out. The pages of the packages' entries are made from the docstrings, the others from the source.

- [Commands](commands.md): \`sagaspec\` and its options
- [Configuration](@sagaspec/cli.md#config): \`sagaspec.config.ts\`
- [Extensions](extensions.md): what a document may say beyond AsyncAPI
- [Diagnostics](diagnostics.md): what may be wrong with a document, and the cure

## Packages

${list}
`;
}

async function commandsPage(): Promise<string> {
  const pages = await Promise.all(
    Object.entries(commands).map(async ([name, [about, load]]) => {
      const { command } = await load();
      return `## ${name}\n\n${sentence(about)}\n\n\`\`\`sh\nsagaspec ${name} ${command.usage}\n\`\`\`\n\n${optionTable(command.options)}`;
    }),
  );
  return `# Commands

\`sagaspec --help\` and \`sagaspec <command> --help\` say the same. A command ends with 0 when all is well, with 1 when it
found something, and with 2 when the command line, the configuration or Sagaspec itself is wrong.

${pages.join("\n")}
## Options of every command

${optionTable(common)}`;
}

function optionTable(options: Options): string {
  const rows = Object.entries(options).map(([name, { short, about, type }]) => {
    if (about.trim() === "") fail(`the option --${name} says nothing of itself`);
    const names = [short === undefined ? [] : `\`-${short}\``, `\`--${name}${type === "string" ? " …" : ""}\``].flat();
    return `| <a id="option-${name}"></a>${names.join(", ")} | ${cell(about)} |`;
  });
  return rows.length === 0 ? "" : `| option | |\n|---|---|\n${rows.join("\n")}\n`;
}

function extensionsPage(): string {
  const rows = Object.entries(extensions).map(
    ([name, { on, example, meaning }]) =>
      `| <a id="x-${name}"></a>\`x-${name}: ${cell(example)}\` | ${cell(on)} | ${cell(meaning)} |`,
  );
  return `# Extensions

What a document may say to Sagaspec beyond AsyncAPI. A value of the wrong shape is a warning, and ignored.

| extension | on | means |
|---|---|---|
${rows.join("\n")}
`;
}

function diagnosticsPage(): string {
  const sections = Object.entries<DiagnosticDescription>(diagnosticCodes).map(([code, { meaning, example, cure }]) => {
    const shown = example.endsWith("\n") ? `\`\`\`yaml\n${example}\`\`\`` : example;
    return `## ${code}\n\n${meaning}\n\n${cure}\n\nFor example:\n\n${shown}\n`;
  });
  return `# Diagnostics

What \`validate\`, \`generate\`, \`bundle\` and \`docs --check\` find in documents. Each is told with file, line, column,
pointer and what to do; \`sagaspec explain <code>\` says what stands here. Codes that begin with \`asyncapi-\` are rules of the
official parser.

${sections.join("\n")}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
