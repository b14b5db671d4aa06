import { describe, expect, test } from "vitest";
import type { Contract } from "../../../generator/src/contract/contract.js";
import { contractOf, head, readFiles } from "../../support/contracts/read-files.js";

const contract = async (text: string): Promise<Contract> => contractOf(await readFiles({ "document.yaml": text }));

/** What each place of a document is called. */
const namesOf = ({ types, messages, operations, channels }: Contract): Record<string, string> =>
  Object.fromEntries([
    ...types.map((one) => [one.origin.pointer, one.name]),
    ...messages.map((one) => [one.origin.pointer, `${one.constName} ${one.key}`]),
    ...operations.map((one) => [one.origin.pointer, one.name]),
    ...channels.map((one) => [one.origin.pointer, `${one.constName} ${one.parametersType ?? ""}`]),
  ]);

const payload = (member: string): string =>
  `{ payload: { type: object, properties: { ${member}: { type: string } } } }`;
const channel = (name: string, member: string): string =>
  `  ${name}: { address: ${name}, messages: { created: ${payload(`${member}1`)}, changed: ${payload(`${member}2`)} } }\n`;
const operations = `operations:
  onOrders: { action: receive, channel: { $ref: "#/channels/orders" } }
  onUsers: { action: receive, channel: { $ref: "#/channels/users" } }
`;

describe("equal claimants of a name are all called after their owners", () => {
  test("messages of two channels, their constants and their keys", async () => {
    const found = await contract(`${head}channels:\n${channel("orders", "o")}${channel("users", "u")}${operations}`);
    const names = ["OrdersCreated", "OrdersChanged", "UsersCreated", "UsersChanged"];
    expect(found.types.map((one) => one.name)).toEqual(names);
    expect(found.messages.map((one) => one.constName)).toEqual([
      ...["ordersCreated", "ordersChanged"],
      ...["usersCreated", "usersChanged"],
    ]);
    expect(found.messages.map((one) => one.key)).toEqual([
      ...["orders.created", "orders.changed"],
      ...["users.created", "users.changed"],
    ]);
    expect(found.operations.map((one) => one.messages.map(({ key, member }) => [key, member]))).toEqual([
      [
        ["orders.created", "created"],
        ["orders.changed", "changed"],
      ],
      [
        ["users.created", "created"],
        ["users.changed", "changed"],
      ],
    ]);
  });

  test("definitions inside two schemas", async () => {
    const part = (name: string, member: string): string =>
      `    ${name}: { type: object, properties: { part: { $ref: "#/components/schemas/${name}/definitions/Part" } }, definitions: { Part: { type: object, properties: { ${member}: { type: string } } } } }\n`;
    const found = await contract(`${head}components:\n  schemas:\n${part("Car", "a")}${part("House", "b")}`);
    expect(found.types.map((one) => one.name)).toEqual(["Car", "House", "CarPart", "HousePart"]);
  });

  test("a member and the items of another, each by its path", async () => {
    const found = await contract(`${head}components:
  schemas:
    Order:
      type: object
      properties:
        line: { type: object, properties: { a: { type: string } } }
        lines: { type: array, items: { type: object, properties: { b: { type: string } } } }
`);
    expect(found.types.map((one) => one.name)).toEqual(["Order", "Order_Line", "Order_Lines_Item"]);
  });

  test("channels that differ in their parameters", async () => {
    const found = await contract(`${head}channels:
  a/{id}: { address: "a/{id}", parameters: { id: {} } }
  a/{user}: { address: "a/{user}", parameters: { user: {} } }
`);
    expect(found.channels.map((one) => one.parametersType)).toEqual(["AIdParameters", "AUserParameters"]);
  });

  test("files that documents share, and the types in them", async () => {
    const files = {
      "a.yaml": `${head}components: { schemas: { A: { type: object, properties: { x: { $ref: "one/money.yaml#/Amount" }, y: { $ref: "two/money.yaml#/Amount" } } } } }\n`,
      "one/money.yaml": "Amount: { type: object, properties: { one: { type: string } } }\n",
      "two/money.yaml": "Amount: { type: object, properties: { two: { type: string } } }\n",
    };
    const { types } = contractOf(await readFiles(files));
    expect(types.map((one) => [one.module, one.name])).toEqual([
      [undefined, "A"],
      ["shared/one-money", "OneMoneyAmount"],
      ["shared/two-money", "TwoMoneyAmount"],
    ]);
  });
});

describe("what is inserted takes no name from what is there", () => {
  const before = `${head}channels:\n${channel("orders", "o")}${channel("users", "u")}${operations}`;
  const schemas = (inserted: string): string => `${head}components:
  schemas:
${inserted}    Order: { type: object, properties: { lines: { type: array, items: { type: object, properties: { a: { type: string } } } } } }
    order-line: { type: object, properties: { b: { type: string } } }
`;

  test.each([
    [
      "a channel with the same message in front",
      before,
      before.replace("channels:\n", `channels:\n${channel("admins", "a")}`),
    ],
    ["a schema in front", schemas(""), schemas("    Line: { type: object, properties: { c: { type: string } } }\n")],
    [
      "a schema whose path has the same words",
      schemas(""),
      schemas(
        "    Or: { type: object, properties: { derLine: { type: object, properties: { d: { type: string } } } } }\n",
      ),
    ],
  ])("%s", async (_, old, now) => {
    const was = namesOf(await contract(old));
    const is = namesOf(await contract(now));
    for (const [place, name] of Object.entries(was)) {
      const holders = Object.entries(is).filter(([, one]) => one === name);
      expect(holders, `${name} is still ${place}`).toEqual([[place, name]]);
    }
  });

  test("and the order of a document's parts decides no name", async () => {
    const [orders, users] = [channel("orders", "o"), channel("users", "u")];
    const one = namesOf(await contract(`${head}channels:\n${orders}${users}${operations}`));
    expect(namesOf(await contract(`${head}channels:\n${users}${orders}${operations}`))).toEqual(one);
  });
});

describe("what is derived from a name is never called as something else", () => {
  const string = "{ type: object, properties: { a: { type: string } } }";
  const schemas = (...names: string[]): string =>
    `${head}components:\n  schemas:\n${names.map((name) => `    ${name}: ${string}\n`).join("")}`;

  test("the constant of X beside XSchema and XJsonSchema", async () => {
    const { types } = await contract(schemas("X", "XSchema", "XJsonSchema"));
    expect(types.map((one) => [one.name, one.schemaName ?? "as ever"])).toEqual([
      ["X", "X_Schema"],
      ["XSchema", "as ever"],
      ["XJsonSchema", "as ever"],
    ]);
  });

  test("the definition of X beside XDefinition and XJsonDefinition", async () => {
    const { types } = await contract(schemas("X", "XDefinition", "XJsonDefinition"));
    expect(types[0]?.definitionName).toBe("X_Definition");
  });

  test.each(["1", "注文"])("a message %s, whose type and constant are spelled alike", async (key) => {
    const { types, messages } =
      await contract(`${head}channels: { c: { address: c, messages: { "${key}": ${payload("a")} } } }
operations: { o: { action: receive, channel: { $ref: "#/channels/c" } } }\n`);
    expect(messages[0]?.constName).not.toBe(types[0]?.name);
  });

  test("the constant of an operation beside a message's", async () => {
    const { operations: found, messages } =
      await contract(`${head}channels: { c: { address: c, messages: { undoOperation: ${payload("a")} } } }
operations: { undo: { action: receive, channel: { $ref: "#/channels/c" } } }\n`);
    expect([found[0]?.constName, messages[0]?.constName]).toEqual(["undoOperationDescriptor", "undoOperation"]);
  });
});
