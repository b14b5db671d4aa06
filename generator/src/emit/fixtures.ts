import type { EmitOptions } from "../config/config.js";
import type { Contract, Message } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { longestText } from "../rules/patterns/unsafe-patterns.js";
import { type ExampleJudge, exampleJudge } from "./examples.js";
import { hasJsonBody, isEmpty } from "./payload.js";
import { comment } from "./print/comment.js";
import { choice, type Doc, group, indent, join, line, print } from "./print/layout.js";
import { literal, propertyName } from "./print/literal.js";
import { type TypeOptions, typeOf } from "./print/type.js";
import { references } from "./references.js";
import { file, foreignImports, importLine, type OutputModule } from "./unit.js";

/** `fixtures.ts`: the examples of the document's messages, typed; nothing where there are none. */
export async function emitFixtures(
  contract: Contract,
  unit: OutputModule,
  options: EmitOptions,
): Promise<string | undefined> {
  const messages = withExamples(contract);
  if (messages.length === 0) return undefined;
  const judge = await judgeOf(contract, messages);
  const types: TypeOptions = { ...options, recursive: unit.graph.recursive };
  const used = new Set<string>();
  const blocks = messages.flatMap((message) => {
    const examples = accepted(message, judge, types, options);
    if (examples.length === 0) return [];
    for (const name of references(message.payload ?? true)) used.add(name);
    return constant(message, examples, judge, types);
  });
  if (blocks.length === 0) return undefined;
  const ending = options.importExtension;
  const local = [...used].filter((name) => unit.importPathOf(name) === undefined);
  const imports = [
    ...foreignImports(unit, used, `messages${ending}`, (name) => [name], true),
    ...importLine(local, `./messages${ending}`, true),
  ];
  return file(unit.header, imports, blocks);
}

/** What `emitFixtures` reports of a contract, without printing it. */
export async function refusedExamples(contract: Contract): Promise<readonly Diagnostic[]> {
  const messages = withExamples(contract);
  if (messages.length === 0) return [];
  const judge = await judgeOf(contract, messages);
  return messages.flatMap((message) =>
    message.examples.flatMap((example, index) => refused(message, example, index, judge) ?? []),
  );
}

const withExamples = ({ messages }: Contract): readonly Message[] =>
  messages.filter((one) => hasJsonBody(one) && !isEmpty(one) && one.examples.length > 0);

const judgeOf = ({ types }: Contract, messages: readonly Message[]): Promise<ExampleJudge> =>
  exampleJudge(types, longestText(messages.map((one) => one.examples)));

function refused(
  message: Message,
  example: Message["examples"][number],
  index: number,
  judge: ExampleJudge,
): Diagnostic | undefined {
  if (example.payload === undefined) return undefined;
  const refusal = judge.refusal(example.payload, message.payload ?? true);
  if (refusal === undefined) return undefined;
  return {
    severity: "warning",
    code: "invalid-example",
    message: `example ${example.name ?? index + 1} of ${message.key} is left out: ${refusal}`,
    hint: "change the example so that the message's own schema accepts it",
    ...example.origin,
  };
}

interface Example {
  readonly name: string;
  readonly payload: unknown;
}

function accepted(message: Message, judge: ExampleJudge, types: TypeOptions, options: EmitOptions): readonly Example[] {
  const payload = message.payload ?? true;
  const names = new Set<string>();
  return message.examples.flatMap((example, index) => {
    if (example.payload === undefined || judge.converts(payload, types)) return [];
    const refusal = refused(message, example, index, judge);
    if (refusal !== undefined) {
      options.report(refusal);
      return [];
    }
    let name = example.name ?? (index === 0 ? "example" : `example${index + 1}`);
    while (names.has(name)) name += "_";
    names.add(name);
    return { name, payload: example.payload };
  });
}

function constant(message: Message, examples: readonly Example[], judge: ExampleJudge, options: TypeOptions): string {
  const node = message.payload ?? true;
  const type = typeOf(node, options);
  const declared = examples.map(({ name }): Doc => ["readonly ", propertyName(name), ": ", type]);
  const values = examples.map(({ name, payload }): Doc => {
    // Members that the type does not name. Inside a list the compiler takes them only by way of `unknown`.
    const cast: Doc = judge.exceeds(payload, node) ? [listsObjects(payload) ? " as unknown as " : " as ", type] : "";
    return [propertyName(name), ": ", literal(payload), cast];
  });
  const docs = comment([`Examples of \`${message.name.replaceAll("`", "'")}\`.`]);
  const types = group(["{", indent([line, join([";", line], declared)]), choice(";"), line, "}"]);
  const value = (broken: boolean): Doc =>
    group(["{", indent([line, join([",", line], values)]), choice(","), line, "}"], broken);
  const whole = (broken: boolean): string =>
    print([`export const ${message.constName}Examples: `, types, " = ", value(broken), ";"]);
  // What is too long breaks in the value, not in the type.
  return docs + whole(whole(false).includes("\n"));
}

function listsObjects(value: unknown, isListed = false): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => listsObjects(item, true));
  return isListed || Object.values(value).some((member) => listsObjects(member));
}
