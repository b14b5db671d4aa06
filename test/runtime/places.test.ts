import { describe, expect, it } from "vitest";
import { addressMatcher, fillAddress, openParameters } from "../../runtime/src/wire/address.js";
import { codecFor } from "../../runtime/src/wire/codec.js";
import { correlationValue, uuidv5 } from "../../runtime/src/wire/correlation.js";
import { parseExpression, readPath, writePath } from "../../runtime/src/wire/expression.js";

describe("a runtime expression", () => {
  it("names a place in headers or payload", () => {
    expect(parseExpression("$message.header#/correlationId")).toEqual({ part: "headers", path: ["correlationId"] });
    expect(parseExpression("$message.payload#/a~1b/c~0d/0")).toEqual({ part: "payload", path: ["a/b", "c~d", "0"] });
    expect(parseExpression("$message.payload")).toEqual({ part: "payload", path: [] });
    expect(() => parseExpression("$request.body#/x")).toThrow("[invalid-definition]");
  });

  it("reads nothing where the path leads nowhere, nor from a prototype", () => {
    expect(readPath({ a: [{ b: 1 }] }, ["a", "0", "b"])).toBe(1);
    expect(readPath({ a: null }, ["a", "b"])).toBeUndefined();
    expect(readPath({}, ["constructor", "name"])).toBeUndefined();
  });

  it("writes into a copy, and touches no prototype", () => {
    const before = { a: { b: 1 }, list: [{ c: 1 }] };
    expect(writePath(before, ["a", "d"], 2)).toEqual({ a: { b: 1, d: 2 }, list: [{ c: 1 }] });
    expect(writePath(before, ["list", "0", "c"], 2)).toEqual({ a: { b: 1 }, list: [{ c: 2 }] });
    expect(before).toEqual({ a: { b: 1 }, list: [{ c: 1 }] });
    writePath({}, ["__proto__", "polluted"], true);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("a correlation id takes the form of its place", () => {
  it("as it is where nothing is asked, or where it fits", () => {
    expect(correlationValue(undefined, "m#1")).toBe("m#1");
    expect(correlationValue({ type: "string" }, "m#1")).toBe("m#1");
    expect(correlationValue({ type: "integer" }, "17")).toBe(17);
  });

  it("as a UUID or an integer in range, the same for the same id", () => {
    const uuid = correlationValue({ type: "string", format: "uuid" }, "m#1");
    expect(uuid).toBe(uuidv5("m#1"));
    expect(correlationValue({ type: "string", format: "uuid" }, String(uuid))).toBe(uuid);
    const small = correlationValue({ type: "integer", minimum: 10, maximum: 1_000_000 }, "m#1");
    expect(small).toBe(correlationValue({ type: "integer", minimum: 10, maximum: 1_000_000 }, "m#1"));
    expect(small).toBeGreaterThanOrEqual(10);
    expect(small).toBeLessThanOrEqual(1_000_000);
    expect(correlationValue({ type: "integer", format: "int32" }, "x")).toBeLessThan(2 ** 31);
  });
});

describe("an address", () => {
  it("is filled, and read back word by word", () => {
    expect(openParameters("a.{b}.{c}")).toEqual(["b", "c"]);
    expect(fillAddress("a.{b}.{c}", { b: "1" })).toBe("a.1.{c}");
    expect(addressMatcher("a.{b}.c")("a.x.c")).toEqual({ b: "x" });
    expect(addressMatcher("a.{b}.c")("a.x.y.c")).toBeUndefined();
    expect(addressMatcher("a/{b}/{c}")("a/1.5/2")).toEqual({ b: "1.5", c: "2" });
  });
});

describe("a codec goes by the content type", () => {
  it("JSON, text or bytes", () => {
    for (const type of ["application/json", "application/vnd.api+json; charset=utf-8"]) {
      const codec = codecFor(type);
      expect(codec.decode(codec.encode({ a: "é" }))).toEqual({ a: "é" });
    }
    expect(codecFor("text/plain").decode(Buffer.from("é"))).toBe("é");
    expect(codecFor("application/json").decode(new Uint8Array(0))).toBeNull();
    const bytes = Uint8Array.of(1, 2, 3);
    expect(codecFor("application/x-protobuf").encode(bytes)).toBe(bytes);
    expect(() => codecFor("avro/binary").encode({})).toThrow("no Uint8Array");
  });
});
