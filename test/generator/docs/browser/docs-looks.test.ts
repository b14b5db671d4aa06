import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contractOf } from "../../diff/contract-of.js";
import { createOrderOutline, feastOutline } from "../sagas.js";
import { exampleContracts, filesOf, siteOf } from "../site-of.js";
import { findChromium, launch } from "./chromium.js";
import { hostSite, type SiteHost } from "./site-host.js";
import { visit } from "./visit.js";

const executable = findChromium();
const phone = { viewport: { width: 390, height: 800 } };
const desktop = { viewport: { width: 1280, height: 900 } };

/** A channel with a parameter, and a key that says nothing. */
const billing = contractOf({
  operations: [
    {
      name: "settled",
      action: "send",
      messages: [{ key: "event11", member: "event11" }],
      reply: { success: [], failure: ["cardRefused"] },
    },
  ],
  messages: { event11: { payload: { $ref: "Settled" } }, cardRefused: { payload: { type: "object" }, failure: true } },
  types: { Settled: { type: "object", properties: { kind: { enum: ["wire-transfer", "cash"] } } } },
  channel: { address: "billing.{region}.settlements" },
  contract: { service: "billing", title: "Billing" },
});

describe.skipIf(executable === undefined)("the site, looked at", () => {
  let browser: Browser;
  let host: SiteHost;

  beforeAll(async () => {
    browser = await launch(executable ?? "");
    const contracts = [...(await exampleContracts()), billing];
    host = await hostSite(await filesOf(await siteOf(contracts, { sagas: [createOrderOutline, feastOutline] })));
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  const open = (path: string, test: (page: Page) => Promise<void>, options: BrowserContextOptions = desktop) =>
    visit(browser, host.fileUrl, path, test, options);
  const evaluate = <T>(page: Page, script: string): Promise<T> => page.evaluate(script) as Promise<T>;

  it("keeps the contents in view far down a long page, and marks what is being read", async () => {
    await open("restaurant/index.html", async (page) => {
      await evaluate(page, "scrollTo({ top: document.body.scrollHeight * 0.7, behavior: 'instant' })");
      const box = await page.locator(".sidebar nav").boundingBox();
      expect(box?.height).toBeGreaterThan(500);
      // Right below the bar.
      expect(box?.y).toBeGreaterThanOrEqual(50);
      expect(box?.y).toBeLessThan(70);
      await evaluate(page, "document.querySelector('#rejectTicket').scrollIntoView({ behavior: 'instant' })");
      await page.locator("nav a[aria-current=location]", { hasText: "rejectTicket" }).waitFor();
    });
    await open("restaurant/messages/createTicket.html", async (page) => {
      expect(await page.locator("nav a[aria-current=page]").innerText()).toBe("Create ticket");
    });
  });

  it("keeps the code of an operation beside its fields, and cuts none of it off", async () => {
    await open("restaurant/index.html", async (page) => {
      const script = `[...document.querySelectorAll(".beside pre")].filter((one) => one.scrollWidth > one.clientWidth).length`;
      expect(await evaluate(page, script)).toBe(0);
      expect(await evaluate(page, "getComputedStyle(document.querySelector('.beside')).position")).toBe("sticky");
    });
  });

  it("shows every column of its tables on a phone", async () => {
    for (const path of ["sagas/create-order.html", "restaurant/index.html", "index.html"]) {
      await open(
        path,
        async (page) => {
          const script = `[...document.querySelectorAll("td, th")].map((one) => one.getBoundingClientRect()).filter((box) => box.right > innerWidth).length`;
          expect([path, await evaluate(page, script)]).toEqual([path, 0]);
        },
        phone,
      );
    }
  });

  it("opens the graph of a saga at its start, on a phone too", async () => {
    for (const path of ["sagas/create-order.html", "sagas/feast.html"]) {
      await open(
        path,
        async (page) => {
          const box = await page.locator(".terminal").first().boundingBox();
          expect(box?.x).toBeGreaterThan(0);
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(390);
        },
        phone,
      );
    }
  });

  it("draws letters that can be read on a desktop", async () => {
    for (const path of ["sagas/create-order.html", "sagas/feast.html", "index.html"]) {
      await open(path, async (page) => {
        const script = `Math.min(...[...document.querySelectorAll(".drawing text")].filter((one) => one.textContent !== "").map((one) => one.getBoundingClientRect().height))`;
        expect(await evaluate(page, script)).toBeGreaterThan(9);
      });
    }
  });

  it("prints drawings that fit a page, so that none before them is blank", async () => {
    await open(
      "sagas/create-order.html",
      async (page) => {
        await page.emulateMedia({ media: "print" });
        const script = `[...document.querySelectorAll(".drawing svg")].map((one) => one.getBoundingClientRect().height)`;
        const heights = await evaluate<number[]>(page, script);
        expect(Math.max(...heights)).toBeLessThan(800);
        expect(await page.locator(".beside, .sidebar nav").first().isVisible()).toBe(false);
      },
      { viewport: { width: 720, height: 1000 } },
    );
  });

  const finds = async (page: Page, query: string): Promise<readonly string[]> => {
    await page.locator("#site-search").fill("");
    await page.locator("#site-search").fill(query);
    await page.locator("[role=option]").first().waitFor();
    return (await page.locator("[role=option]").allInnerTexts()).map((one) => one.replaceAll("\n", " "));
  };

  it("finds by typo, allowed value, failure, protocol and concrete address, and says where a field stands", async () => {
    await open("index.html", async (page) => {
      expect((await finds(page, "creatTiket"))[0]).toContain("createTicket");
      expect(await finds(page, "wire-transfer")).toEqual(["field kind Billing › event11"]);
      expect((await finds(page, "cardRefused")).join()).toContain("operation settled Billing");
      expect((await finds(page, "amqp")).join()).toContain("service Restaurant service");
      expect((await finds(page, "billing.eu.settlements"))[0]).toBe("operation settled Billing");
      expect((await finds(page, "quantity")).join()).toContain("Create ticket › items.quantity");
    });
  });

  it("says that nothing was found", async () => {
    await open("index.html", async (page) => {
      await page.locator("#site-search").fill("zzqqxx");
      await page.getByText("Nothing found for “zzqqxx”").waitFor({ state: "visible" });
      await page.locator("#site-search").fill("ticket");
      await page.locator("[role=option]").first().waitFor();
      expect(await page.getByText("Nothing found").isVisible()).toBe(false);
    });
  });
});
