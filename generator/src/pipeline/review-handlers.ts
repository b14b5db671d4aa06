/** The door to ts-morph, which reads the user's handlers. Importing it takes most of a second: import this file lazily. */
import {
  type ClassDeclaration,
  type ClassExpression,
  Node,
  type ObjectLiteralExpression,
  Project,
  type SourceFile,
  SyntaxKind,
} from "ts-morph";
import { classMember, functionsOf, objectMember, type Stub } from "../emit/handlers/handler-stub.js";

/** What a file of handlers has and lacks. */
export interface StubReview {
  /** Operations that have no function yet, which `text` now has. */
  readonly added: readonly string[];
  /** Members that no operation calls any more. */
  readonly gone: readonly string[];
  /** Stubs that are still as they were generated. */
  readonly unwritten: readonly string[];
  /** Whether the object or class with the handlers was found. */
  readonly found: boolean;
  /** The file with what was missing; everything that was there stands as it stood. */
  readonly text: string;
}

type Holder = ObjectLiteralExpression | ClassDeclaration | ClassExpression;

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Finds the handlers in a file: the object that is declared to be of the type `type`, by annotation, `satisfies` or as
 * what a function returns, or the class that implements it. Adds a stub for each operation without one at its end. Those
 * that `Omit<type, "name">` leaves out are served elsewhere, by a saga for example: they are neither missing nor unwritten.
 */
export function reviewStubs(path: string, text: string, type: string, stubs: readonly Stub[]): StubReview {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { allowJs: true },
  });
  const source = project.createSourceFile(path.replace(/^.*[\\/]/, ""), text);
  const holder = findHolder(source, type);
  if (!holder) return { added: [], gone: [], unwritten: unwrittenIn(source), found: false, text };
  const elsewhere = leftOut(typeName(holder, type), type, stubs) ?? [];
  const served = new Set(functionsOf(elsewhere).map(({ id }) => id));
  const unwritten = unwrittenIn(source).filter((id) => !served.has(id));

  const insertions: Insertion[] = [];
  const added: string[] = [];
  const gone: string[] = [];
  review(
    holder,
    stubs.filter((stub) => !elsewhere.includes(stub)),
    "",
  );
  const extended = added.length > 0 ? apply(text, [...insertions, ...importInsertion(source, text)]) : text;
  return { added, gone, unwritten, found: true, text: extended };

  function review(into: Holder, wanted: readonly Stub[], path: string): void {
    const members = membersOf(into);
    const missing = members.has("...") ? [] : wanted.filter((stub) => !members.has(stub.name));
    if (missing.length > 0) insertions.push(...insertionsInto(into, missing, text));
    added.push(...functionsOf(missing).map((stub) => stub.id));
    for (const [name, value] of members) {
      const stub = wanted.find((one) => one.name === name);
      if (!stub && name !== "..." && Node.isObjectLiteralExpression(into)) gone.push(path + name);
      if (stub?.members && value) review(value, stub.members, `${name}.`);
    }
  }
}

function unwrittenIn(source: SourceFile): readonly string[] {
  return source.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call) => {
    if (call.getExpression().getText() !== "notImplemented") return [];
    const [id] = call.getArguments();
    return Node.isStringLiteral(id) ? id.getLiteralValue() : (id?.getText() ?? "");
  });
}

function findHolder(source: SourceFile, type: string): Holder | undefined {
  return source.getFirstDescendant((node): node is Holder => {
    if (Node.isClassDeclaration(node) || Node.isClassExpression(node)) {
      return node.getImplements().some((one) => leftOut(one.getText(), type, []) !== undefined);
    }
    return Node.isObjectLiteralExpression(node) && leftOut(declaredType(node) ?? "", type, []) !== undefined;
  });
}

function typeName(holder: Holder, type: string): string {
  if (Node.isObjectLiteralExpression(holder)) return declaredType(holder) ?? "";
  const names = holder.getImplements().map((one) => one.getText());
  return names.find((name) => leftOut(name, type, [])) ?? "";
}

/**
 * The stubs that a type leaves out: none for the handlers' type itself, the named ones for `Omit<type, "a" | "b">`, all but
 * the named ones for `Pick`. Undefined for any other type.
 */
function leftOut(written: string, type: string, stubs: readonly Stub[]): readonly Stub[] | undefined {
  if (written === type) return [];
  const [, how, of, names = ""] = /^(Omit|Pick)<\s*([\w$]+)\s*,([^<>]*)>$/.exec(written) ?? [];
  if (of !== type) return undefined;
  const named = new Set(Array.from(names.matchAll(/(["'])(.*?)\1/g), ([, , name]) => name));
  return stubs.filter((stub) => named.has(stub.name) === (how === "Omit"));
}

// What the code says of an expression's type, nearest first.
function declaredType(node: Node): string | undefined {
  const parent = node.getParent();
  if (!parent) return undefined;
  if (Node.isSatisfiesExpression(parent) || Node.isAsExpression(parent)) return parent.getTypeNode()?.getText();
  if (Node.isVariableDeclaration(parent) || Node.isPropertyDeclaration(parent)) return parent.getTypeNode()?.getText();
  if (Node.isArrowFunction(parent)) return parent.getReturnTypeNode()?.getText();
  if (Node.isReturnStatement(parent)) {
    const owner = parent.getFirstAncestor(
      (one) => Node.isFunctionLikeDeclaration(one) || Node.isFunctionExpression(one),
    );
    return owner && Node.isReturnTyped(owner) ? owner.getReturnTypeNode()?.getText() : undefined;
  }
  return Node.isParenthesizedExpression(parent) ? declaredType(parent) : undefined;
}

// Names of the members, with the object where a member is one; `...` stands for members that cannot be seen.
function membersOf(holder: Holder): ReadonlyMap<string, ObjectLiteralExpression | undefined> {
  const members = new Map<string, ObjectLiteralExpression | undefined>();
  if (!Node.isObjectLiteralExpression(holder) && holder.getExtends()) members.set("...", undefined);
  for (const member of Node.isObjectLiteralExpression(holder) ? holder.getProperties() : holder.getMembers()) {
    if (Node.isSpreadAssignment(member)) members.set("...", undefined);
    else if ("getName" in member && typeof member.getName === "function") {
      const name = String(member.getName()).replace(/^(["'])(.*)\1$/, "$2");
      const value = Node.isInitializerExpressionGetable(member) ? member.getInitializer() : undefined;
      members.set(name, Node.isObjectLiteralExpression(value) ? value : undefined);
    }
  }
  return members;
}

// By text, not by the tree's own editing: that would also reformat what stands around.
function insertionsInto(holder: Holder, stubs: readonly Stub[], text: string): readonly Insertion[] {
  const isObject = Node.isObjectLiteralExpression(holder);
  const members = isObject ? holder.getProperties() : holder.getMembers();
  const close = holder.getEnd() - 1;
  const base = /^[\t ]*/.exec(text.slice(text.lastIndexOf("\n", close) + 1))?.[0] ?? "";
  const first = members[0]?.getStart(true) ?? 0;
  const own = text.slice(text.lastIndexOf("\n", first - 1) + 1, first);
  const margin = members.length > 0 && own.trim() === "" ? own : `${base}  `;
  const printed = stubs.map((stub) => (isObject ? objectMember : classMember)(stub, margin)).join("\n\n");

  const last = members.at(-1);
  const comma = isObject && last && !holder.compilerNode.properties.hasTrailingComma;
  const behind = last?.getEnd() ?? text.indexOf("{", holder.getStart()) + 1;
  const start = last ? endOfLine(text, behind, close, Boolean(isObject && !comma)) : behind;
  const tail = text.slice(start, close).includes("\n") ? "" : `\n${base}`;
  return [
    ...(comma ? [{ at: behind, text: "," }] : []),
    { at: start, text: `${last ? "\n\n" : "\n"}${printed}${tail}` },
  ];
}

// Behind the comma of the last member and a comment on its line.
function endOfLine(text: string, from: number, close: number, comma: boolean): number {
  const rest = text.slice(from, close);
  const behind = comma ? rest.indexOf(",") + 1 : 0;
  const note = /^[\t ]*(\/\/[^\r\n]*|\/\*[^\r\n]*\*\/)/.exec(rest.slice(behind));
  return from + behind + (note?.[0].length ?? 0);
}

function importInsertion(source: SourceFile, text: string): readonly Insertion[] {
  const imports = source.getImportDeclarations();
  const named = imports.flatMap((one) => one.getNamedImports());
  if (named.some((one) => one.getName() === "notImplemented")) return [];
  const runtime = imports.find((one) => one.getModuleSpecifierValue() === "@sagaspec/runtime" && !one.isTypeOnly());
  const last = runtime?.getNamedImports().at(-1);
  if (last) return [{ at: last.getEnd(), text: ", notImplemented" }];
  const line = 'import { notImplemented } from "@sagaspec/runtime";';
  const behind = imports.at(-1)?.getEnd();
  if (behind !== undefined) return [{ at: behind, text: `\n${line}` }];
  return [{ at: text.startsWith("#!") ? text.indexOf("\n") + 1 : 0, text: `${line}\n\n` }];
}

function apply(text: string, insertions: readonly Insertion[]): string {
  const ending = text.includes("\r\n") ? "\r\n" : "\n";
  // The last one first, so that positions stay true; of two at one place the one that stands first goes in last.
  return [...insertions]
    .reverse()
    .sort((left, right) => right.at - left.at)
    .reduce(
      (out, { at, text: addition }) => out.slice(0, at) + addition.replaceAll("\n", ending) + out.slice(at),
      text,
    );
}
