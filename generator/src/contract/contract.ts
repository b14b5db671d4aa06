/**
 * A document, understood: the plain data between reading and printing. Everything has its final name here, 2.x and 3.x
 * look the same, traits are applied, and every schema is draft-07 whose named parts are references.
 * Emitters, the docs site, `diff`, `explain` and plugins read nothing else.
 */

/** Where something stands in the sources. */
export interface Origin {
  /** Relative to the working directory, with `/`. The document itself, or a file it refers to. */
  readonly file: string;
  /** JSON pointer with `#`, into `file`: `#/components/schemas/CreateTicket`. Unresolved: as the author wrote it. */
  readonly pointer: string;
}

export interface Contract {
  /** Name of the folder and of the contract of received operations: `restaurant`. */
  readonly service: string;
  /** `Restaurant`: stem of the type names. */
  readonly typeName: string;
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  /** Version of AsyncAPI that the document is written in. */
  readonly asyncapi: string;
  readonly origin: Origin;
  readonly info: {
    /** Identifier of the application: `urn:com:example:orders`. */
    readonly id?: string;
    readonly license?: string;
    readonly licenseUrl?: string;
    readonly termsOfService?: string;
    readonly owner?: string;
    readonly contact?: { readonly name?: string; readonly email?: string; readonly url?: string };
    readonly tags: readonly Tag[];
    readonly externalDocs?: ExternalDocs;
  };
  readonly servers: readonly Server[];
  readonly channels: readonly Channel[];
  /** In document order. */
  readonly operations: readonly Operation[];
  /** Every message once, operations or not. */
  readonly messages: readonly Message[];
  /** In the order in which `messages.ts` prints them: where the reader meets them first. */
  readonly types: readonly NamedType[];
  readonly extensions: Extensions;
}

export type Extensions = { readonly [name: `x-${string}`]: unknown };

export interface Tag {
  readonly name: string;
  readonly description?: string;
  readonly externalDocs?: ExternalDocs;
}

/** Further reading. */
export interface ExternalDocs {
  readonly url: string;
  readonly description?: string;
}

export interface Server {
  readonly name: string;
  readonly origin: Origin;
  readonly host: string;
  readonly protocol: string;
  readonly protocolVersion?: string;
  readonly pathname?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly Tag[];
  readonly externalDocs?: ExternalDocs;
  readonly variables: readonly {
    readonly name: string;
    readonly description?: string;
    readonly default?: string;
    readonly enum?: readonly string[];
    readonly examples?: readonly string[];
  }[];
  readonly security: readonly SecurityScheme[];
  readonly bindings: Bindings;
  readonly extensions: Extensions;
}

export interface SecurityScheme {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  /** The scheme as written: flows, scopes, header name, ... */
  readonly details: { readonly [key: string]: unknown };
  /** Scopes that this place asks for: of 3.x the scheme's `scopes`, of 2.x the list beside its name. */
  readonly scopes?: readonly string[];
}

export type Bindings = { readonly [protocol: string]: { readonly [key: string]: unknown } };

export interface Channel {
  /** Key in a 3.x document, address in a 2.x one. */
  readonly key: string;
  /** Identifier of the constant in `contract.ts`. */
  readonly constName: string;
  readonly origin: Origin;
  readonly address: string | null;
  readonly title?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly Tag[];
  readonly externalDocs?: ExternalDocs;
  readonly parameters: readonly Parameter[];
  /** Name of the interface of the parameters, where there are any: `TicketsParameters`. */
  readonly parametersType?: string;
  /** Keys of `Contract.messages`. */
  readonly messages: readonly string[];
  /** Names of servers; empty means all. */
  readonly servers: readonly string[];
  readonly bindings: Bindings;
  readonly extensions: Extensions;
}

export interface Parameter {
  readonly name: string;
  readonly origin: Origin;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly examples?: readonly string[];
  readonly location?: string;
}

export interface Operation {
  /** Name of the member: `createTicket`. */
  readonly name: string;
  /** `restaurant.createTicket` */
  readonly id: string;
  /** Identifier of the constant in `contract.ts`, where others name it. @default its name with `Operation` behind it */
  readonly constName?: string;
  readonly origin: Origin;
  /** What the document's own service does. 2.x is turned into these words by its perspective. */
  readonly action: "receive" | "send";
  readonly title?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated: boolean;
  readonly tags: readonly Tag[];
  readonly externalDocs?: ExternalDocs;
  /** `Channel.key` */
  readonly channel: string;
  /** Keys of `Contract.messages`, at least one. More than one makes the operation an object with a member for each. */
  readonly messages: readonly { readonly key: string; readonly member: string }[];
  readonly reply?: Reply;
  /** How long the reply is waited for. */
  readonly timeoutMs?: number;
  /** Name of an operation of this contract, of the same action and with one message; never in a circle. */
  readonly compensatedBy?: string;
  /** Runtime expression. */
  readonly idempotencyKey?: string;
  readonly security: readonly SecurityScheme[];
  readonly bindings: Bindings;
  readonly extensions: Extensions;
}

export interface Reply {
  /** Runtime expression. */
  readonly address?: string;
  /** `Channel.key` */
  readonly channel?: string;
  /** Keys of `Contract.messages`. */
  readonly success: readonly string[];
  readonly failure: readonly string[];
}

export interface Message {
  /** Unique in the contract. */
  readonly key: string;
  /** Identifier of the constant in `contract.ts`. */
  readonly constName: string;
  /** Name on the wire. */
  readonly name: string;
  readonly origin: Origin;
  readonly title?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated: boolean;
  readonly tags: readonly Tag[];
  readonly externalDocs?: ExternalDocs;
  readonly contentType: string;
  /** Always `{ $ref }` to a named type. Absent: the body is empty, the type `void`. */
  readonly payload?: SchemaNode;
  /** Always `{ $ref }` to a named type. */
  readonly headers?: SchemaNode;
  /** Runtime expression. */
  readonly correlationId?: string;
  readonly failure: boolean;
  /** Format the payload was written in, where it was not JSON Schema: `application/vnd.apache.avro;version=1.9.0`. */
  readonly schemaFormat?: string;
  readonly examples: readonly {
    readonly origin: Origin;
    readonly name?: string;
    readonly summary?: string;
    readonly payload?: unknown;
    readonly headers?: unknown;
  }[];
  readonly bindings: Bindings;
  readonly extensions: Extensions;
}

/** A type with a name: one interface or alias in `messages.ts`, one literal in `schemas.ts`. */
export interface NamedType {
  readonly name: string;
  readonly origin: Origin;
  /** Where it is generated when not in this contract: `shared/money`. */
  readonly module?: string;
  /** Constant of its schema. @default its name with `Schema` behind it */
  readonly schemaName?: string;
  /** Constant of its definition, where it contains itself. @default its name with `Definition` behind it */
  readonly definitionName?: string;
  readonly schema: SchemaNode;
  readonly description?: string;
  readonly deprecated: boolean;
}

/**
 * A draft-07 schema. `$ref` alone is the name of a {@link NamedType}; nothing else in it is a reference.
 * `true` accepts everything, `false` nothing.
 */
export type SchemaNode = boolean | SchemaObject;

export interface SchemaObject {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly properties?: { readonly [name: string]: SchemaNode };
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode;
  readonly patternProperties?: { readonly [pattern: string]: SchemaNode };
  readonly propertyNames?: SchemaNode;
  readonly dependencies?: { readonly [name: string]: SchemaNode | readonly string[] };
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly additionalItems?: SchemaNode;
  readonly contains?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly not?: SchemaNode;
  readonly if?: SchemaNode;
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly discriminator?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly contentEncoding?: string;
  readonly contentMediaType?: string;
  readonly [keyword: `x-${string}`]: unknown;
}
