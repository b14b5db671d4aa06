/** Documents made to break, hang or mislead whoever reads them: file names and texts. The root is `document.*`. */

const head = "asyncapi: 3.0.0\ninfo: { title: T, version: 1.0.0 }\n";
const json = { asyncapi: "3.0.0", info: { title: "T", version: "1.0.0" } };

type Files = { readonly [file: string]: string };

const channel = (payload: string): string =>
  `${head}channels:\n  c:\n    address: c\n    messages:\n      m: { payload: ${payload} }\n` +
  'operations:\n  onC: { action: receive, channel: { $ref: "#/channels/c" } }\n';

const yaml = (text: string): Files => ({ "document.yaml": text });

/** An object of `depth` objects in one another. */
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

function billionLaughs(): string {
  const lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
  for (let at = 1; at < 12; at++)
    lines.push(
      `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(", ")}]`,
    );
  return `${head}x-laughs:\n${lines.map((line) => `  ${line}`).join("\n")}\nchannels: {}\n`;
}

function manySchemas(bytes: number): string {
  const schemas: Record<string, unknown> = {};
  const size = 250;
  for (let at = 0; at * size < bytes; at++) {
    schemas[`Schema${at}`] = {
      type: "object",
      description: "x".repeat(100),
      properties: { id: { type: "string" }, next: { $ref: `#/components/schemas/Schema${at + 1}` } },
    };
  }
  schemas[`Schema${Math.ceil(bytes / size)}`] = { type: "string" };
  return JSON.stringify({ ...json, channels: {}, components: { schemas } });
}

const manyMessages = JSON.stringify({
  ...json,
  channels: {
    c: {
      address: "c",
      messages: Object.fromEntries(
        Array.from({ length: 2_000 }, (_, at) => [`m${at}`, { payload: { type: "object", properties: { a: {} } } }]),
      ),
    },
  },
  operations: { onC: { action: "receive", channel: { $ref: "#/channels/c" } } },
});

export const hostile: { readonly [what: string]: Files } = {
  "a file that refers to itself": yaml(channel('{ $ref: "document.yaml#/channels/c/messages/m/payload" }')),
  "a file that is its own payload": yaml(channel('{ $ref: "document.yaml" }')),
  "two files that refer to each other": {
    "document.yaml": channel('{ $ref: "other.yaml#/a" }'),
    "other.yaml": 'a: { $ref: "more.yaml#/b" }',
    "more.yaml": 'b: { $ref: "other.yaml#/a" }',
  },
  "a reference to the whole document": yaml(channel('{ $ref: "#" }')),
  "channels that refer to themselves": yaml(`${head}channels: { $ref: "#/channels" }\n`),
  "a channel that refers to itself": yaml(`${head}channels:\n  c: { $ref: "#/channels/c" }\n`),
  "a trait of itself": yaml(
    `${head}channels: {}\ncomponents:\n  messages:\n    m: { traits: [{ $ref: "#/components/messages/m" }] }\n`,
  ),
  "aliases that multiply": yaml(billionLaughs()),
  "an alias of itself": yaml(`${head}channels: &c { x: *c }\n`),
  "merge keys that multiply": yaml(
    `${head}x: &x0 { a: 1 }\n${Array.from({ length: 30 }, (_, at) => `x-${at}: &x${at + 1} { <<: [*x${at}, *x${at}] }`).join("\n")}\nchannels: {}\n`,
  ),
  "ten megabytes of schemas": { "document.json": manySchemas(10_000_000) },
  "ten megabytes of one text": yaml(`${head}channels: {}\nx-text: "${"a".repeat(10_000_000)}"\n`),
  "ten megabytes of brackets": yaml(nested(5_000_000, "[", "]")),
  "ten megabytes of nothing": yaml(" ".repeat(10_000_000)),
  "ten megabytes of dashes": yaml("- ".repeat(5_000_000)),
  "two thousand messages on a channel": { "document.json": manyMessages },
  "schemas nested deeply": yaml(channel(nested(5_000, "{ properties: { a: ", "} }"))),
  "schemas nested at the limit": yaml(channel(nested(40, "{ type: object, properties: { a: ", " } }"))),
  "alternatives nested deeply": yaml(channel(nested(90, "{ oneOf: [", "] }"))),
  "a chain of a thousand references": yaml(
    `${channel('{ $ref: "#/components/schemas/S0" }')}components:\n  schemas:\n${Array.from({ length: 1_000 }, (_, at) => `    S${at}: { $ref: "#/components/schemas/S${at + 1}" }`).join("\n")}\n    S1000: { type: string }\n`,
  ),
  "prototypes as keys": {
    "document.json": `{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1" }, "__proto__": { "polluted": true },
      "channels": { "__proto__": { "address": "x", "messages": { "__proto__": { "payload": { "type": "object",
      "properties": { "__proto__": { "type": "string" }, "constructor": { "properties": { "prototype": {} } } } } } } } },
      "operations": { "__proto__": { "action": "receive", "channel": { "$ref": "#/channels/__proto__" } } },
      "components": { "schemas": { "__proto__": { "type": "string" }, "hasOwnProperty": { "type": "string" } } } }`,
  },
  "references out of the folder": yaml(channel('{ $ref: "../../../../../../../../etc/passwd" }')),
  "a reference to a device": yaml(channel('{ $ref: "../../../../../../../../dev/zero" }')),
  "an absolute reference": yaml(channel('{ $ref: "file:///etc/passwd" }')),
  "a reference to another host": yaml(channel('{ $ref: "http://127.0.0.1:1/x.yaml" }')),
  "a reference that is no URL": yaml(channel('{ $ref: "http://[:::/%zz" }')),
  "a reference with a null byte": yaml(channel('{ $ref: "a\\0b.yaml#/%00" }')),
  "references that are no text": yaml(channel("{ $ref: { a: 1 } }")),
  "names that lead out of the folder": yaml(
    `${head}channels:\n  ../../x: { address: ../../x, messages: { ../../y: { name: ../../z, payload: { type: object, properties: { ../../w: { type: string } } } } } }\ncomponents: { schemas: { "../../../evil": { type: object, properties: { a: { type: string } } } } }\n`,
  ),
  "code in texts": yaml(
    `asyncapi: 3.0.0\ninfo: { title: "*/ process.exit(9) /*\\n// x", version: "1\\n*/ process.exit(9); /*" }\nchannels:\n  c: { address: "\`\${process.exit(9)}\`", messages: { m: { name: '"; process.exit(9); "', payload: { const: "\\u2028'; process.exit(9)" } } } }\noperations: { "a(){process.exit(9)}": { action: receive, channel: { $ref: "#/channels/c" }, x-timeout: "5s */" } }\n`,
  ),
  "a pattern that takes for ever": yaml(
    `${head}channels:\n  c: { address: c, messages: { m: { payload: { type: string, pattern: "^(a+)+$" }, examples: [{ payload: "${"a".repeat(26)}!" }] } } }\n`,
  ),
  "a pattern that is none": yaml(channel('{ type: string, pattern: "([" }')),
  "values of every wrong kind": yaml(
    "asyncapi: 3.0.0\ninfo: []\nchannels: [1, null, {}]\noperations: { a: null, b: 1, c: [], d: { action: {}, channel: [], messages: 7, reply: x, traits: { a: 1 } } }\nservers: x\ncomponents: { messages: [null], schemas: 5 }\n",
  ),
  "nulls everywhere": yaml("asyncapi: 2.6.0\ninfo:\nchannels:\n  a:\n  b: { publish: , subscribe: { message: } }\n"),
  "an Avro schema of itself": yaml(
    channel(
      '{ schemaFormat: "application/vnd.apache.avro;version=1.9.0", schema: { type: record, name: A, fields: [{ name: a, type: A }] } }',
    ),
  ),
  "a Protobuf schema that is none": yaml(
    channel('{ schemaFormat: "application/vnd.google.protobuf;version=3", schema: "message {{{" }'),
  ),
  "a language that nobody knows": yaml(channel('{ schemaFormat: "application/x-klingon", schema: { a: 1 } }')),
  "bytes that are no text": { "document.yaml": "\uFFFD\u0000\u0001\u0002asyncapi: 3.0.0" },
  "tags that make objects": yaml(`${head}channels: !!js/function "function(){ process.exit(9) }"\n`),
};
