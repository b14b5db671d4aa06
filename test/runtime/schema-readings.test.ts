import { isMultipleOf, unicodePattern } from "@sagaspec/runtime/schema";
import { describe, expect, it } from "vitest";
import { validatorFor } from "../../runtime/src/contract/schema.js";
import { conversionOf } from "../../runtime/src/contract/schema-conversion.js";

type Json = { readonly [keyword: string]: unknown };
const accepts = (schema: Json, value: unknown): boolean => validatorFor(schema).check(value);

describe("members that every object inherits", () => {
  const names = ["valueOf", "toString", "hasOwnProperty", "isPrototypeOf", "constructor", "__proto__"];
  const having = (name: string, value: unknown): unknown => JSON.parse(`{ "${name}": ${JSON.stringify(value)} }`);

  for (const name of names) {
    it(`${name}: counts only where the object has it itself`, () => {
      const integer = { properties: Object.fromEntries([[name, { type: "integer" }]]) };
      expect([{}, having(name, 1), having(name, "x")].map((one) => accepts(integer, one))).toEqual([true, true, false]);
      expect([{}, having(name, 1)].map((one) => accepts({ required: [name] }, one))).toEqual([false, true]);
      const closed = { ...integer, type: "object", required: [name], additionalProperties: false };
      expect([{}, having(name, 1), having(name, "x")].map((one) => accepts(closed, one))).toEqual([false, true, false]);
      const dependent = { dependencies: Object.fromEntries([[name, ["toString"]]]) };
      expect(accepts(dependent, {})).toBe(true);
      expect(accepts(dependent, having(name, 1))).toBe(name === "toString");
    });
  }

  it("says which one is missing", () => {
    expect(validatorFor({ required: ["toString"] }).explain({}).reason).toBe('must have "toString"');
  });
});

describe("multiples are decimal", () => {
  it("takes every price with two decimals, and none with three", () => {
    const price = validatorFor({ type: "number", multipleOf: 0.01 });
    const wrong: number[] = [];
    for (let cents = 0; cents < 100_000; cents += 1) if (!price.check(Number(`${cents}e-2`))) wrong.push(cents);
    expect(wrong).toEqual([]);
    expect([1_048_576.13, 9_999_999.99, 19.99].every((one) => price.check(one))).toBe(true);
    expect([19.999, 1_048_576.131, 1e-3].some((one) => price.check(one))).toBe(false);
  });

  it("works with large and small exponents, and with integers", () => {
    const cases: [number | bigint, number, boolean][] = [
      [1e308, 1e-308, true],
      [0.3, 0.1, true],
      [1e-7, 1e-8, true],
      [1e-8, 1e-7, false],
      [7, 2, false],
      [-4.5, 1.5, true],
      [9007199254740993n, 2, false],
      [5, 0, true],
    ];
    for (const [value, step, expected] of cases)
      expect([value, step, isMultipleOf(value, step)]).toEqual([value, step, expected]);
    expect(validatorFor({ multipleOf: 0.1 }).check("text")).toBe(true);
  });
});

describe("patterns that JavaScript reads only without the flag u", () => {
  const cases: [pattern: string, yes: string, no: string][] = [
    ["^\\d{4}\\-\\d{2}$", "2024-01", "2024_01"],
    ["^[\\w-.]+$", "a-b.c", "a b"],
    ["^\\@\\w+$", "@me", "me"],
    ["^a{b}$", "a{b}", "ab"],
    ["^[\\w\\-\\_\\@]+$", "a-_@", "!"],
    ["^x]$", "x]", "x"],
    ["^\\'[^\\']*\\'$", "'a'", "a"],
    ["^😀\\-$", "😀-", "-"],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`${pattern}: reads it alike as a pattern, as the name of members and in conversions`, () => {
      expect([yes, no].map((one) => accepts({ pattern }, one))).toEqual([true, false]);
      const named = { patternProperties: { [pattern]: { type: "integer" } }, additionalProperties: false };
      expect([{ [yes]: 1 }, { [yes]: "x" }, { [no]: 1 }].map((one) => accepts(named, one))).toEqual([
        true,
        false,
        false,
      ]);
      const dates = { patternProperties: { [pattern]: { type: "string", "x-type": "Date" } } };
      const value = conversionOf(dates)?.fromWire({ [yes]: "2024-01-01T00:00:00Z", [no]: "2024-01-01T00:00:00Z" });
      expect(value).toEqual({ [yes]: new Date("2024-01-01T00:00:00Z"), [no]: "2024-01-01T00:00:00Z" });
    });
  }

  it("leaves what the flag allows as it is, and says of what nobody can read that nobody can", () => {
    for (const pattern of ["^\\p{Lu}[^\\s\\]]{2,}(?<a>x)\\k<a>\\u{1F600}$", "\\.\\*", "[-a]"]) {
      expect(unicodePattern(pattern)).toBe(pattern);
    }
    expect(["(", "[a", "*", "(?P<x>a)", "[z-a]"].map(unicodePattern)).toEqual(Array(5).fill(undefined));
  });
});

describe("conversions are decided on what has arrived, and made once", () => {
  const date = { type: "string", format: "date-time", "x-type": "Date" };
  const at = "2024-01-01T00:00:00Z";
  const closed = "2024-02-01T00:00:00Z";

  it("converts by every part of allOf, although a part before has converted a member already", () => {
    const schema = {
      allOf: [
        { properties: { at: date } },
        { oneOf: [{ required: ["closed"], properties: { at: date, closed: date } }, { required: ["open"] }] },
      ],
    };
    expect(conversionOf(schema)?.fromWire({ at, closed })).toEqual({ at: new Date(at), closed: new Date(closed) });
  });

  it("converts by all branches of anyOf that accept, and by the branch that a condition takes", () => {
    const any = { anyOf: [{ properties: { at: date } }, { properties: { closed: date } }] };
    expect(conversionOf(any)?.fromWire({ at, closed })).toEqual({ at: new Date(at), closed: new Date(closed) });
    const condition = {
      if: { required: ["closed"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { closed: date } },
      else: { properties: { at: date } },
    };
    expect(conversionOf(condition)?.fromWire({ at, closed })).toEqual({ at, closed: new Date(closed) });
    expect(conversionOf(condition)?.fromWire({ at })).toEqual({ at: new Date(at) });
  });

  it("converts a member by its own schema and by its pattern's", () => {
    const schema = { properties: { at: { type: "string" } }, patternProperties: { "^a": date } };
    expect(conversionOf(schema)?.fromWire({ at })).toEqual({ at: new Date(at) });
  });

  it("gives big integers where the schema says int64, and numbers everywhere else", () => {
    const schema = {
      properties: {
        id: { type: "integer", format: "int64", "x-type": "bigint" },
        amount: { type: "number" },
        fixed: { const: 10_000_000_000_000_000 },
        free: { type: "object" },
      },
    };
    const wire = { id: 1, amount: 10n ** 16n, fixed: 10n ** 16n, free: { deep: [10n ** 16n] } };
    expect(conversionOf(schema)?.fromWire(wire)).toEqual({ id: 1n, amount: 1e16, fixed: 1e16, free: { deep: [1e16] } });
    expect(conversionOf(schema)?.fromWire({ id: 2n ** 60n + 1n })).toEqual({ id: 2n ** 60n + 1n });
  });
});
