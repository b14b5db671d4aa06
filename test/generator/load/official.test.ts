import { describe, expect, it } from "vitest";
import { findings, head, readFiles } from "../../support/contracts/read-files.js";

const root = `${head}channels: { c: { address: c, messages: { m: { $ref: "./messages.yaml#/m" } } } }
operations: { send: { action: send, channel: { $ref: "#/channels/c" } } }
`;

describe("what the official rules find", { timeout: 120_000 }, () => {
  const others = {
    "a property that is not expected": ["m:\n  payload: { type: object }\n  titel: x\n", "3:10"],
    "a value that is not allowed": ["m:\n  payload:\n    type: object\n    minLength: -1\n", "4:16"],
    "a value of another type": ["m:\n  title: [1]\n", "2:9"],
  };
  for (const [what, [messages = "", place]] of Object.entries(others)) {
    it(`stands in the file where it is: ${what}`, async () => {
      const { diagnostics } = await readFiles({ "root.yaml": root, "messages.yaml": messages }, { rules: true });
      const errors = diagnostics.filter((one) => one.severity === "error");
      expect(errors.map((one) => `${one.file}:${one.line}:${one.column}`)).toEqual([`messages.yaml:${place}`]);
      expect(errors[0]?.hint).not.toContain("See the AsyncAPI specification");
    });
  }

  const version2 = (message: string, rest = ""): string =>
    `asyncapi: 2.6.0\ninfo: { title: T, version: 1.0.0 }\nchannels:\n  c:\n    publish:\n      message:\n        payload: ${message}\n${rest}`;
  const once: Record<string, [text: string, errors: readonly string[]]> = {
    "a misspelt type": [version2("{ type: intger }"), ["7:20"]],
    "a misspelt type deep inside, and a limit": [
      version2("{ type: object, properties: { a: { type: strng }, b: { minLength: -1 } } }"),
      ["7:84", "7:53"],
    ],
    "a type of items": [version2("{ type: array, items: { type: aray } }"), ["7:42"]],
    "nothing where a text belongs": [
      "asyncapi: 3.0.0\ninfo:\n  title: T\n  version: 1.0.0\n  description:\n",
      ["5:15"],
    ],
  };
  for (const [what, [text, places]] of Object.entries(once)) {
    it(`is said once, at its place: ${what}`, async () => {
      const { diagnostics } = await readFiles({ "a.yaml": text }, { rules: true });
      const errors = diagnostics.filter((one) => one.severity === "error");
      expect(errors.map((one) => `${one.line}:${one.column}`)).toEqual(places);
    });
  }

  it("keeps what is missing beside what is wrong inside", async () => {
    const text = "asyncapi: 3.0.0\ninfo: { version: 1.0.0, contact: { url: 5 } }\n";
    const { diagnostics } = await readFiles({ "a.yaml": text }, { rules: true });
    const said = diagnostics.filter((one) => one.severity === "error").map((one) => one.message);
    expect(said).toEqual([expect.stringContaining('required property "title"'), expect.stringContaining('"url"')]);
  });
});

describe("a tab", () => {
  for (const text of ["a:\n\tb: 1\n  c: 2\n", "a:\n\t\tb: { c: 1 }\n\td: e\n", "- a:\n\tb: [1]\n  c: 2\n"]) {
    it(`is what is reported, and not what follows from it: ${JSON.stringify(text)}`, async () => {
      const { diagnostics } = await readFiles({ "a.yaml": text });
      expect(new Set(diagnostics.map((one) => one.message))).toEqual(new Set(["Tabs are not allowed as indentation"]));
      expect(findings({ diagnostics, inputs: [], hash: "" })[0]).toContain(":1");
    });
  }
});
