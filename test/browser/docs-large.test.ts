import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Contract } from "../../generator/src/contract/contract.js";
import { contractOf } from "../diff/contract-of.js";
import { filesOf, siteOf } from "../docs/site-of.js";
import { findChromium, launch } from "./chromium.js";
import { hostSite, type SiteHost } from "./site-host.js";
import { visit } from "./visit.js";

const executable = findChromium();

/** 200 operations, each with a message of 40 described fields in types of its own, which refer to each other. */
function largeContract(): Contract {
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const about = "What this field is for, in a sentence that is about as long as such sentences are in real documents.";
  const fields = (stem: string) =>
    Object.fromEntries(
      numbers.slice(0, 20).map((field) => [`${stem}x${field}`, { type: "string", description: about }]),
    );
  const origin = { file: "large.yaml", pointer: "#" };
  const typesOf = (number: number) => {
    const next = { $ref: `Type${(number + 1) % 200}` };
    const properties = { ...fields(`field${number}`), inner: { $ref: `Inner${number}` }, next };
    return [
      [`Type${number}`, { type: "object", properties }],
      [`Inner${number}`, { type: "object", properties: fields(`inner${number}`) }],
    ] as const;
  };
  return contractOf({
    operations: numbers.map((number) => ({
      name: `operation${number}`,
      action: "receive",
      summary: about,
      messages: [{ key: `message${number}`, member: `message${number}` }],
    })),
    messages: Object.fromEntries(
      numbers.map((number) => [
        `message${number}`,
        { summary: about, payload: { $ref: `Type${number}` }, examples: [{ origin, payload: { a: about } }] },
      ]),
    ),
    types: Object.fromEntries(numbers.flatMap(typesOf)),
  });
}

describe.skipIf(executable === undefined)("the page of a document of 1 MB", () => {
  let browser: Browser;
  let host: SiteHost;

  beforeAll(async () => {
    const contract = largeContract();
    expect(JSON.stringify(contract).length).toBeGreaterThan(1_000_000);
    browser = await launch(executable ?? "");
    host = await hostSite(await filesOf(await siteOf([contract])));
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  // The page is what is timed, not what else a busy machine does.
  it("shows its last operation and finds its last field within 2 s", { retry: 2 }, async () => {
    await visit(browser, host.httpUrl, "index.html", async (page) => {
      const started = performance.now();
      await page.goto(`${host.httpUrl}shop/index.html#operation199`);
      expect(await page.locator("#operation199 h3").isVisible()).toBe(true);
      await page.locator("#site-search").fill("field199x7");
      await page.locator("[role=option]").first().waitFor();
      expect(performance.now() - started).toBeLessThan(2_000);
    });
  });
});
