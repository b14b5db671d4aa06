import type { EmitOptions } from "../config/config.js";
import type { Contract, Operation } from "../contract/contract.js";
import { typeDeclaration } from "../emit/messages.js";
import { sides } from "../emit/names.js";
import { payloadType } from "../emit/payload.js";
import { print } from "../emit/print/layout.js";
import { references } from "../emit/references.js";
import { FileScope } from "../emit/scope.js";
import { type OutputModule, serviceUnit } from "../emit/unit.js";

/** One end of an operation in TypeScript. */
export interface Signature {
  readonly end: "Client" | "Handler";
  readonly code: string;
}

/** Types shown with a message: itself, and those it is made of. */
const MOST_DECLARATIONS = 12;

/** The generated code of one service, in the pieces that the pages show. */
export class GeneratedCode {
  readonly #contract: Contract;
  readonly #unit: OutputModule;
  readonly #scope: FileScope;
  readonly #options: EmitOptions;
  readonly #declarations = new Map<string, string>();

  private constructor(contract: Contract, options: EmitOptions) {
    this.#contract = contract;
    this.#options = options;
    this.#unit = serviceUnit(contract);
    this.#scope = new FileScope(contract, this.#unit, sides(contract), options);
  }

  /** Prints the types of a service, so that the pages need not wait for them. */
  static async of(contract: Contract, options: EmitOptions): Promise<GeneratedCode> {
    const code = new GeneratedCode(contract, options);
    const types = { ...options, recursive: code.#unit.graph.recursive };
    for (const type of contract.types)
      code.#declarations.set(type.name, await typeDeclaration(type, code.#unit, types));
    return code;
  }

  /** What a caller writes, and what a handler is given. */
  signatures(operation: Operation): readonly Signature[] {
    const side = sides(this.#contract).find(({ action }) => action === operation.action);
    const members = this.#scope.messages(operation).map(({ member, message }) => ({
      path: operation.messages.length > 1 ? `${operation.name}.${member}` : operation.name,
      payload: print(payloadType(message, this.#scope, this.#options)),
    }));
    const reply = this.#reply(operation);
    const parameters = this.#scope.channel(operation.channel).parametersType;
    const options = parameters === undefined ? "options?" : `options: { parameters: ${parameters} }`;
    const calls = members.map(({ path, payload }) => {
      const first = payload === "void" && parameters === undefined ? "payload?: undefined" : `payload: ${payload}`;
      return signature(`client.${path}`, [first.replace(": void", ": undefined"), options], `Promise<${reply}>`);
    });
    const answers = members.map(({ path, payload }) =>
      signature(path, [`payload: ${payload}`, "context"], `${reply} | Promise<${reply}>`),
    );
    return [
      {
        end: "Client",
        code: [
          `const client = createClient(${side?.constant ?? this.#contract.service}, transport);`,
          "",
          ...calls,
          ...this.#failures(operation),
        ].join("\n"),
      },
      { end: "Handler", code: answers.join("\n") },
    ];
  }

  /** The declaration of a message's payload, and of the types that it is made of. */
  declarations(messageKey: string): string | undefined {
    const { payload } = this.#scope.message(messageKey);
    return this.declarationsOf(payload === undefined ? [] : references(payload));
  }

  /** The declarations of types, and of those that they are made of. */
  declarationsOf(names: readonly string[]): string | undefined {
    const wanted = new Set(names);
    for (const name of wanted) {
      const type = this.#contract.types.find((one) => one.name === name);
      if (type !== undefined && wanted.size < MOST_DECLARATIONS)
        for (const inner of references(type.schema)) wanted.add(inner);
    }
    const found = [...wanted].slice(0, MOST_DECLARATIONS).flatMap((name) => this.#declarations.get(name) ?? []);
    return found.length === 0 ? undefined : found.join("\n\n");
  }

  #reply({ reply }: Operation): string {
    if (reply === undefined) return "void";
    const types = reply.success.map((key) => ({ key, type: this.#payload(key) }));
    const [only] = types;
    if (types.length <= 1) return only?.type ?? "void";
    return types.map(({ key, type }) => `{ name: ${JSON.stringify(key)}; payload: ${type} }`).join(" | ");
  }

  #failures({ reply }: Operation): readonly string[] {
    const failures = reply?.failure ?? [];
    if (failures.length === 0) return [];
    return ["", "// rejects with one of its failures:", ...failures.map((key) => `//   ${key}: ${this.#payload(key)}`)];
  }

  #payload(key: string): string {
    return print(payloadType(this.#scope.message(key), this.#scope, this.#options));
  }
}

function signature(name: string, parameters: readonly string[], result: string): string {
  return `${name}(\n${parameters.map((parameter) => `  ${parameter},\n`).join("")}): ${result}`;
}
