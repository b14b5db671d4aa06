import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contractOf, findings, head, readFiles } from "../../support/contracts/read-files.js";
import { temporaryProject } from "../../support/project.js";
import { sagaspec } from "../cli/terminal.js";

const document = (payload: string, example: string): string => `${head}channels:
  c: { address: c, messages: { m: { payload: ${payload}, examples: [{ payload: ${example} }] } } }
operations: { send: { action: send, channel: { $ref: "#/channels/c" } } }
`;

/** What `generate` ended with and said, and the examples that it wrote. */
async function generated(text: string, ...options: readonly string[]) {
  using project = temporaryProject();
  writeFileSync(join(project.path, "sagaspec.config.json"), '{ "documents": [] }');
  writeFileSync(join(project.path, "a.yaml"), text);
  const { code, out, notes } = await sagaspec(project.path, "generate", "a.yaml", "--no-handlers", ...options);
  return { code, said: out + notes };
}

describe("patterns", { timeout: 120_000 }, () => {
  for (const pattern of ["^\\d{4}\\-\\d{2}$", "^[\\w-.]+-\\d+$", "^\\d+\\-\\d+$"]) {
    it(`${pattern}, which JavaScript reads only without the flag u, judges examples`, async () => {
      const payload = `{ type: string, pattern: '${pattern}' }`;
      expect(await generated(document(payload, '"2024-01"'))).toMatchObject({ code: 0 });
      const { code, said } = await generated(document(payload, '"x"'), "--lenient");
      expect([code, said]).toEqual([0, expect.stringContaining("is left out: payload must match pattern")]);
      const named = `{ type: object, patternProperties: { '${pattern}': { type: integer } } }`;
      expect(await generated(document(named, '{ "2024-01": 1 }'))).toMatchObject({ code: 0 });
    });
  }

  for (const pattern of ["(?i)abc", "a++", "[z-a]"]) {
    it(`${pattern}, which no engine reads, is reported at its line and left out`, async () => {
      const read = await readFiles({ "a.yaml": document(`\n    { type: string,\n    pattern: '${pattern}' }`, "abc") });
      expect(findings(read)).toContain("warning unreadable-pattern 6:5");
      expect(contractOf(read).types[0]?.schema).toEqual({ type: "string" });
      const named = `{ type: object, patternProperties: { '${pattern}': { type: integer } } }`;
      const byName = await readFiles({ "a.yaml": document(named, "{}") });
      expect(findings(byName)).toContain("warning unreadable-pattern 4:83");
    });
  }
});

describe("judging examples comes to an end", { timeout: 120_000 }, () => {
  it("for a chain of 250 types", async () => {
    const types = Array.from({ length: 250 }, (_, at) =>
      at === 249
        ? `    T249: { type: object, properties: { end: { type: integer } } }`
        : `    T${at}: { type: object, properties: { next: { $ref: "#/components/schemas/T${at + 1}" } } }`,
    );
    const text = `${document('{ $ref: "#/components/schemas/T0" }', "{ next: { next: {} } }")}components:\n  schemas:\n${types.join("\n")}\n`;
    expect(await generated(text)).toMatchObject({ code: 0, said: expect.not.stringContaining("left out") });
  });

  it("for limits that make no sense, with --lenient", async () => {
    for (const limit of ["minLength: -1", "maxLength: 1.5", "multipleOf: 0", "multipleOf: -2"]) {
      expect(await generated(document(`{ ${limit} }`, "abc"), "--lenient")).toMatchObject({ code: 0 });
    }
  });

  it("with decimal multiples and members that every object inherits", async () => {
    const price = await generated(document("{ type: number, multipleOf: 0.01 }", "19.99"), "--lenient");
    expect(price).toMatchObject({ code: 0, said: expect.not.stringContaining("left out") });
    const empty = await generated(
      document("{ type: object, properties: { valueOf: { type: integer } } }", "{}"),
      "--lenient",
    );
    expect(empty).toMatchObject({ code: 0, said: expect.not.stringContaining("left out") });
  });
});
