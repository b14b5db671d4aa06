import type { SchemaObject } from "../../contract/contract.js";

/** One value of a message as a page shows it: a property, an item, a choice. A tree, finite even where the schema is not. */
export interface Field {
  /** `orderId`, `item`, `any other property`. Empty for the root and for unnamed choices. */
  readonly name: string;
  /** From the root, without array marks: `items.name`. */
  readonly path: string;
  /** Whether `name` is the name of a property, or a word for something nameless. */
  readonly named: boolean;
  readonly required: boolean;
  readonly type: string;
  /** What a type with a name comes down to, where that is no more than a word: `integer`. */
  readonly base?: string;
  /** The type with a name that holds this field. */
  readonly owner?: string;
  readonly schema: SchemaObject;
  readonly description?: string;
  /** Description of the items of a list that has their fields. */
  readonly each?: string;
  readonly deprecated: boolean;
  readonly constraints: readonly string[];
  readonly children: readonly Field[];
  readonly choices: readonly Choices[];
  /** Name of a type that is shown elsewhere: further up (it contains itself), or among the page's types. */
  readonly seeType?: string;
}

/** Schemas of which one, some, all or none apply. */
export interface Choices {
  readonly keyword: "oneOf" | "anyOf" | "allOf" | "not" | "if" | "then" | "else" | "contains" | "propertyNames";
  readonly options: readonly Field[];
}
