import type { EmitOptions } from "../config/config.js";
import type { Channel, Contract, Message, Operation } from "../contract/contract.js";
import type { ContractSide } from "./names.js";
import { foreignImports, importLine, type OutputModule } from "./unit.js";

/** The names inside one `contract.ts`: what it imports because it was mentioned, and what it declares. */
export class FileScope {
  readonly unit: OutputModule;
  readonly #contract: Contract;
  readonly #options: EmitOptions;
  readonly #declared: ReadonlySet<string>;
  readonly #runtime = new Set<string>();
  readonly #types = new Set<string>();
  readonly #schemas = new Map<string, string>();

  constructor(contract: Contract, unit: OutputModule, sides: readonly ContractSide[], options: EmitOptions) {
    this.#contract = contract;
    this.unit = unit;
    this.#options = options;
    const parameters = contract.channels.flatMap((channel) => channel.parametersType ?? []);
    const own = sides.flatMap((side) => [side.contract, side.client ?? "", side.handlers ?? ""]);
    this.#declared = new Set([...contract.types.map((type) => type.name), ...parameters, ...own]);
  }

  /** A type of the runtime, under another name where the document has a type of that name. */
  runtime(name: string): string {
    let local = name;
    while (this.#declared.has(local)) local += "Descriptor";
    this.#runtime.add(local === name ? name : `${name} as ${local}`);
    return local;
  }

  /** Types of the document. */
  types(names: readonly string[]): void {
    for (const name of names) this.#types.add(name);
  }

  /** Constants of `schemas.ts`, each with the type that it belongs to. */
  schemas(constants: readonly (readonly [string, string])[]): void {
    for (const [constant, type] of constants) this.#schemas.set(constant, type);
  }

  /** The constant of a channel or a message. */
  constant(item: Channel | Message): string {
    return item.constName;
  }

  /** The constant of an operation that others name as their compensation. */
  operationConstant(operation: Operation): string {
    return operation.constName ?? `${operation.name}Operation`;
  }

  channel(key: string): Channel {
    return this.#find(this.#contract.channels, key);
  }

  message(key: string): Message {
    return this.#find(this.#contract.messages, key);
  }

  /** The messages of an operation, with the name of the member of each. */
  messages(operation: Operation): readonly { readonly member: string; readonly message: Message }[] {
    return operation.messages.map(({ key, member }) => ({ member, message: this.message(key) }));
  }

  /** What was mentioned so far, as import lines. */
  imports(): readonly string[] {
    const ending = this.#options.importExtension;
    const local = [...this.#types].filter((name) => this.unit.importPathOf(name) === undefined);
    const schemas = [...this.#schemas].filter(([, type]) => this.unit.importPathOf(type) === undefined);
    const constants = (type: string) => [...this.#schemas].flatMap(([name, of]) => (of === type ? [name] : []));
    return [
      ...importLine(this.#runtime, "@sagaspec/runtime/codegen", true),
      ...foreignImports(this.unit, this.#types, `messages${ending}`, (name) => [name], true),
      ...foreignImports(this.unit, new Set(this.#schemas.values()), `schemas${ending}`, constants, false),
      ...importLine(local, `./messages${ending}`, true),
      ...importLine(
        schemas.map(([name]) => name),
        `./schemas${ending}`,
      ),
    ];
  }

  #find<Item extends { readonly key: string }>(items: readonly Item[], key: string): Item {
    const item = items.find((one) => one.key === key);
    if (!item) throw new Error(`the contract of ${this.#contract.service} has nothing called ${key}`);
    return item;
  }
}
