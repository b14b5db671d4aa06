import { describe, expect, test } from "vitest";
import { explain } from "../../../generator/src/pipeline/explain.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { checkContracts } from "../../../generator/src/pipeline/validate.js";
import { feature } from "../../support/contracts/read.js";
import { root } from "../../support/root.js";

const found = async (...names: string[]): Promise<string[]> => {
  const contracts = await Promise.all(names.map((name) => feature(name)));
  return checkContracts(contracts, { cwd: root }).map(
    (one) => `${one.severity} ${one.code} ${one.file}:${one.line} ${one.message}`,
  );
};

describe("rules over contracts", () => {
  test("list messages that cannot be told apart", async () => {
    expect(await found("ambiguous-messages")).toEqual([
      "warning ambiguous-messages specs/features/ambiguous-messages.yaml:14 ambiguous-messages.unclear cannot tell 'moved' from 'renamed'",
    ]);
  });

  test("report a compensation that needs more than the request holds", async () => {
    const other = (await found("compensation")).filter((one) => !one.includes(" ambiguous-operations "));
    expect(other).toEqual([
      "info ambiguous-messages specs/features/compensation.yaml:15 compensation.change cannot tell 'book' from 'cancel' when a peer sends no message name",
      "warning compensation-fields specs/features/compensation.yaml:8 compensation.bookNow cannot be undone by 'refund' alone: the request has no 'booking' of the same schema",
    ]);
  });

  test("report a correlation id whose place nobody can fill", async () => {
    const file = "specs/features/narrow-correlation.yaml";
    expect(await found("narrow-correlation")).toEqual([
      `warning correlation-value ${file}:8 the correlation id of track cannot be made: '$message.payload#/ticket/code' has \`pattern\``,
      `warning correlation-value ${file}:9 the correlation id of weigh cannot be made: '$message.header#/id' has a maxLength of 8`,
      `warning correlation-value ${file}:10 the correlation id of open cannot be made: '$message.header#/id' has the type boolean`,
    ]);
    expect(await found("correlation")).toEqual([]);
  });

  test("find a request nobody answers, and schemas that disagree", async () => {
    expect(await found("requester", "provider")).toEqual([
      "warning schemas-disagree specs/features/requester.yaml:5 'askQuote' is sent by requester and received by provider, but the types of 'amount' differ",
      "warning unanswered-request specs/features/requester.yaml:9 nobody answers requester.askLost: no document receives at 'lost'",
    ]);
  });

  test("refuse two services of one name", async () => {
    expect((await found("provider", "provider"))[0]).toMatch(/^error duplicate-service/);
  });

  test("the example's documents pass, with the official rules on", async () => {
    const paths = ["accounting", "consumer", "order", "restaurant"].map((name) => ({ path: `specs/${name}.yaml` }));
    const { contracts, diagnostics } = await readContracts(paths, { cwd: root });
    expect(diagnostics).toEqual([]);
    expect(checkContracts(contracts, { cwd: root }).filter((one) => one.severity !== "info")).toEqual([]);
  });
});

describe("explain", () => {
  test("tells where a type, an operation and a message come from", async () => {
    const contracts = [await feature("references")];
    const place = (name: string): string[] =>
      explain(contracts, name, { cwd: root }).map(
        (one) => `${one.kind} ${one.file}:${one.line}:${one.column} ${one.pointer}`,
      );
    expect(place("Money")).toEqual(["type specs/features/parts/payments.yaml:6:5 #/components/schemas/Money"]);
    expect(place("references.onInvoice")).toEqual([
      "operation specs/features/references.yaml:11:3 #/operations/onInvoice",
    ]);
    expect(place("InvoiceLine")[0]).toContain("#/components/messages/invoice/payload/properties/lines/items");
    expect(place("Nothing")).toEqual([]);
  });
});
