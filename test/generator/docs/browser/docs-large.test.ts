import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Contract } from "../../../../generator/src/contract/contract.js";
import { contractOf } from "../../diff/contract-of.js";
import { filesOf, siteOf } from "../site-of.js";
import { findChromium, launch } from "./chromium.js";
import { hostSite, type SiteHost } from "./site-host.js";
import { visit } from "./visit.js";

const executable = findChromium();

/** Operations, each with a message of 40 described fields in types of its own, which refer to each other. */
function largeContract(operations: number): Contract {
  const numbers = Array.from({ length: operations }, (_, index) => index);
  const about = "What this field is for, in a sentence that is about as long as such sentences are in real documents.";
  const fields = (stem: string) =>
    Object.fromEntries(
      Array.from({ length: 20 }, (_, field) => [`${stem}x${field}`, { type: "string", description: about }]),
    );
  const origin = { file: "large.yaml", pointer: "#" };
  const typesOf = (number: number) => {
    const next = { $ref: `Type${(number + 1) % operations}` };
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

/** What a page cost, in units that are the same on every machine. */
interface Work {
  readonly elements: number;
  /** How often a function, a loop or a branch of the page's scripts was entered. */
  readonly steps: number;
}

/** Opens the page of the service, leads to its last operation and finds its last field. */
async function useSite(browser: Browser, operations: number): Promise<Work> {
  const contract = largeContract(operations);
  if (operations === 200) expect(JSON.stringify(contract).length).toBeGreaterThan(1_000_000);
  const host: SiteHost = await hostSite(await filesOf(await siteOf([contract])));
  let work: Work | undefined;
  try {
    await visit(browser, host.httpUrl, "index.html", async (page) => {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Profiler.enable");
      await devtools.send("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
      const last = operations - 1;
      await page.goto(`${host.httpUrl}shop/index.html#operation${last}`);
      expect(await page.locator(`#operation${last} h3`).isVisible()).toBe(true);
      await page.locator("#site-search").fill(`field${last}x7`);
      const find = page.locator("[role=option]").first();
      await find.waitFor();
      expect(await find.innerText()).toContain(`field${last}x7`);
      const { result } = await devtools.send("Profiler.takePreciseCoverage");
      const ranges = result
        .filter(({ url }) => url.startsWith(host.httpUrl))
        .flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
      work = {
        elements: await page.locator("*").count(),
        steps: ranges.reduce((sum, { count }) => sum + count, 0),
      };
    });
  } finally {
    await host.close();
  }
  if (work === undefined) throw new Error("the page was not opened");
  return work;
}

describe.skipIf(executable === undefined)("the page of a document of 1 MB", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch(executable ?? "");
  });
  afterAll(() => browser?.close());

  it("shows its last operation and finds its last field, for work that grows as the document does", async () => {
    const half = await useSite(browser, 100);
    const whole = await useSite(browser, 200);
    expect(whole.elements / half.elements).toBeLessThan(2.2);
    expect(whole.steps / half.steps).toBeLessThan(2.2);
    // An operation, its message and its 40 fields: what the page shows of them, and what the search reads of them.
    expect(whole.elements / 200).toBeLessThan(500);
    // Each word of them is put into the index of the search.
    expect(whole.steps / 200).toBeLessThan(60_000);
  }, 300_000);
});
