import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";

/** What a user's project may ask of generated code. */
const strictest: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedDeclarations: true,
  declaration: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  customConditions: ["@sagaspec/source"],
};

/** The ways in which a project may find modules. */
export const resolutions = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: ["node"] },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: ["node"] },
} satisfies Record<string, ts.CompilerOptions>;

/** What the compiler has against these files, as it would print it; an `any` in them counts as well. */
export function complaints(files: readonly string[], resolution: keyof typeof resolutions): string[] {
  const options = { ...strictest, ...resolutions[resolution] };
  const program = ts.createProgram(files, options, ts.createCompilerHost(options));
  const found = files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (!source) return [];
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
      ...program.getDeclarationDiagnostics(source),
    ];
  });
  return [...program.getOptionsDiagnostics(), ...found].map(printed);
}

function printed({ file, start = 0, messageText, code }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, " ").slice(0, 300);
  if (!file) return `TS${code} ${text}`;
  const { line } = file.getLineAndCharacterOfPosition(start);
  const folder = dirname(file.fileName).split("/").pop();
  return `${folder}/${file.fileName.split("/").pop()}:${line + 1} TS${code} ${text}`;
}

/** Every `any` of a file, and every name it declares that says nothing. */
export function blemishes(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push("any");
    const isNamed =
      ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isVariableDeclaration(node);
    if (isNamed && /anonymous/i.test(node.name.getText(source))) found.push(node.name.getText(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
