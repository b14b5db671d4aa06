import { describe, expect, it } from "vitest";
import type { Contract } from "../../../generator/src/contract/contract.js";
import { checkContracts } from "../../../generator/src/pipeline/validate.js";
import { contractOf, findings, head, readFiles } from "../../support/contracts/read-files.js";

const channels = (...addresses: readonly string[]): string =>
  `${head}channels:\n${addresses
    .map((address, at) => `  c${at}: { address: "${address}", messages: { m: { $ref: "#/components/messages/m" } } }\n`)
    .join("")}components: { messages: { m: { payload: { type: object } } } }\noperations:\n`;

const operation = (name: string, action: string, channel: number, more = ""): string =>
  `  ${name}: { action: ${action}, channel: { $ref: "#/channels/c${channel}" }${more} }\n`;

const codes = (contracts: readonly Contract[]): string[] =>
  checkContracts(contracts, { cwd: "." }).map((one) => `${one.severity} ${one.code}`);

describe("contracts that can never work are warned about", () => {
  const clashes: Record<string, string> = {
    "on one channel": channels("a") + operation("one", "receive", 0) + operation("two", "receive", 0),
    "on two channels of one address":
      channels("a", "a") + operation("one", "receive", 0) + operation("two", "receive", 1),
    "at addresses that differ by names of parameters": `${channels("a.{x}", "a.{y}")}${operation("one", "send", 0)}${operation("two", "send", 1)}`,
  };
  for (const [where, text] of Object.entries(clashes)) {
    it(`two operations that take the same message ${where}`, async () => {
      expect(codes([contractOf(await readFiles({ "a.yaml": text }))])).toContain("warning ambiguous-operations");
    });
  }

  it("but not operations of two directions, or at two addresses", async () => {
    const text =
      channels("a", "b") +
      operation("one", "receive", 0) +
      operation("two", "send", 0) +
      operation("three", "receive", 1);
    expect(codes([contractOf(await readFiles({ "a.yaml": text }))])).toEqual([]);
  });

  it("empty lists of messages: of a reply, whose caller only waits; of an operation, which is left out", async () => {
    const reply = channels("a") + operation("ask", "receive", 0, ", reply: { messages: [] }");
    expect(findings(await readFiles({ "a.yaml": reply }))).toEqual(["warning reply-without-messages 7:72"]);
    const none = channels("a") + operation("none", "receive", 0, ", messages: []") + operation("all", "receive", 0);
    const read = await readFiles({ "a.yaml": none });
    expect(findings(read)).toEqual(["warning operation-without-messages 7:64"]);
    expect(contractOf(read).messages.map((one) => one.key)).toEqual(["m"]);
    expect(contractOf(read).operations.map((one) => one.name)).toEqual(["all"]);
  });

  for (const [written, meant] of [
    ["x-timout", "x-timeout"],
    ["x-tiemout", "x-timeout"],
    ["X-Timeout", "x-timeout"],
    ["x-compensatedby", "x-compensated-by"],
    ["x-idempotencykey", "x-idempotency-key"],
    ["x-failur", "x-failure"],
  ] as const) {
    it(`${written}, which is nearly ${meant}`, async () => {
      const { diagnostics } = await readFiles({
        "a.yaml": channels("a") + operation("ask", "receive", 0, `, ${written}: 5s`),
      });
      expect(diagnostics).toMatchObject([
        { severity: "warning", code: "misspelt-extension", message: expect.stringContaining(`'${meant}'`) },
      ]);
    });
  }

  it("but not extensions of others", async () => {
    const others = ", x-time: 1, x-retry: 2, x-owner-team: a, x-internal: true, x-timeout-policy: b";
    expect(findings(await readFiles({ "a.yaml": channels("a") + operation("send", "send", 0, others) }))).toEqual([]);
  });
});

describe("both ends are compared", () => {
  const end = (name: string, action: string, address: string, message: string, payload: string): string =>
    `asyncapi: 3.0.0\ninfo: { title: ${name}, version: 1.0.0 }\nchannels: { c: { address: "${address}", messages: { ${message}: { payload: ${payload} } } } }\noperations: { go: { action: ${action}, channel: { $ref: "#/channels/c" }${action === "send" ? `, reply: { messages: [{ $ref: '#/channels/c/messages/${message}' }] }` : ""} } }\n`;
  const both = async (sender: string, receiver: string): Promise<string[]> =>
    codes([contractOf(await readFiles({ "a.yaml": sender })), contractOf(await readFiles({ "b.yaml": receiver }))]);

  for (const [left, right] of [
    ["orders.{id}", "orders.{orderId}"],
    ["{a}/x/{b}", "{b}/x/{a}"],
    ["o", "o"],
  ]) {
    it(`at ${left} and ${right}, and lone messages whatever their names`, async () => {
      const [asked, answered] = ["{ properties: { a: { type: string } } }", "{ properties: { a: { type: object } } }"];
      expect(
        await both(end("A", "send", left as string, "m", asked), end("B", "receive", right as string, "m", asked)),
      ).toEqual([]);
      expect(
        await both(end("A", "send", left as string, "m", asked), end("B", "receive", right as string, "n", answered)),
      ).toEqual(["warning schemas-disagree"]);
    });
  }

  it("and a request that nobody answers is found", async () => {
    expect(await both(end("A", "send", "orders.{id}", "m", "{}"), end("B", "receive", "orders", "m", "{}"))).toEqual([
      "warning unanswered-request",
    ]);
  });
});

describe("a service is named by", () => {
  for (const [path, service] of [
    ["docs/asyncapi.yaml", "t"],
    ["spec/api.yaml", "t"],
    ["api/index.yml", "t"],
    ["billing/asyncapi.yaml", "billing"],
    ["docs/billing.yaml", "billing"],
  ] as const) {
    it(`${service} in ${path}`, async () => {
      expect(contractOf(await readFiles({ [path]: `${head}channels: {}\n` })).service).toBe(service);
    });
  }
});
