import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrderOutline, feastOutline } from "../sagas.js";
import { exampleContracts, filesOf, siteOf } from "../site-of.js";
import { findChromium, launch } from "./chromium.js";
import { hostSite, type SiteHost } from "./site-host.js";
import { visit } from "./visit.js";

const executable = findChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(executable === undefined)("the site in a browser", () => {
  let browser: Browser;
  let host: SiteHost;
  let paths: readonly string[];

  beforeAll(async () => {
    browser = await launch(executable ?? "");
    const files = await filesOf(
      await siteOf(await exampleContracts(), { title: "Food to go", sagas: [createOrderOutline, feastOutline] }),
    );
    paths = [...files.keys()].filter((path) => path.endsWith(".html"));
    host = await hostSite(files);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  const open = (path: string, test: (page: Page) => Promise<void>, options: BrowserContextOptions = {}) =>
    visit(browser, host.httpUrl, path, test, options);

  it("shows every page below a path of a web server without an error or a request to another host", async () => {
    for (const path of paths) await open(path, async (page) => void (await page.locator("h1").waitFor()));
  }, 120_000);

  it("leads from the map to the operation, from file://", async () => {
    await visit(browser, host.fileUrl, "index.html", async (page) => {
      await page.locator("svg a text", { hasText: "verifyConsumerDetails" }).first().click();
      await page.waitForURL(/consumer\/index\.html#verifyConsumerDetails$/);
      expect(await page.locator("#verifyConsumerDetails h3").textContent()).toBe("verifyConsumerDetails");
    });
  });

  it.each(["http", "file"] as const)("finds a field by the keyboard alone, from %s", async (scheme) => {
    await visit(browser, scheme === "http" ? host.httpUrl : host.fileUrl, "index.html", async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("consumerId");
      await page.locator("[role=option]").first().waitFor();
      const finds = await page.locator("[role=option]").allInnerTexts();
      const wanted = finds.findIndex((find) => find.includes("Restaurant service › Create ticket"));
      expect(wanted).toBeGreaterThanOrEqual(0);
      for (let i = 0; i < wanted; i++) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL(/restaurant\/messages\/createTicket\.html#payload\.consumerId$/);
      expect(await page.locator("[id='payload.consumerId']").isVisible()).toBe(true);
    });
  });

  it("opens a folded field when it is led to", async () => {
    await open("restaurant/messages/createTicket.html#payload.items.quantity", async (page) => {
      expect(await page.locator("[id='payload.items.quantity']").isVisible()).toBe(true);
    });
  });

  it("leads from a step of the saga's graph to its operation", async () => {
    await open("sagas/create-order.html", async (page) => {
      await page.locator("svg a", { hasText: "ticket" }).first().click();
      await page.waitForURL(/restaurant\/index\.html#createTicket$/);
    });
  });

  it("is dark where the system is, light when asked, and remembers it", async () => {
    const background = (page: Page) => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await open(
      "index.html",
      async (page) => {
        expect(await background(page)).toBe("rgb(20, 23, 26)");
        await page.getByRole("button", { name: "Switch between light and dark" }).click();
        expect(await background(page)).toBe("rgb(251, 251, 250)");
        await page.reload();
        expect(await background(page)).toBe("rgb(251, 251, 250)");
      },
      { colorScheme: "dark" },
    );
  });

  it.each(["index.html", "restaurant/index.html", "restaurant/messages/createTicket.html", "sagas/create-order.html"])(
    "fits a phone: %s",
    async (path) => {
      await open(
        path,
        async (page) => {
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
          expect(await page.getByRole("link", { name: "Overview" }).isVisible()).toBe(false);
          await page.getByText("Contents", { exact: true }).click();
          expect(await page.getByRole("link", { name: "Overview" }).isVisible()).toBe(true);
        },
        { viewport: { width: 390, height: 800 } },
      );
    },
  );

  it("says everything without script", async () => {
    await open(
      "restaurant/index.html",
      async (page) => {
        expect(await page.locator("#createTicket").textContent()).toContain("Who eats it.");
        expect(await page.getByRole("link", { name: "Overview" }).isVisible()).toBe(true);
        expect(await page.locator("#site-search").isVisible()).toBe(false);
      },
      { javaScriptEnabled: false },
    );
  });

  it("copies code", async () => {
    await open(
      "restaurant/index.html",
      async (page) => {
        await page.getByRole("button", { name: "Copy: Client" }).first().click();
        await page.getByText("Copied").waitFor();
        expect(await page.evaluate("navigator.clipboard.readText()")).toContain("createClient(restaurant, transport)");
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    );
  });

  it("reaches the content first when tabbing", async () => {
    await open("index.html", async (page) => {
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("main-content");
    });
  });

  const kinds = [
    "index.html",
    "restaurant/index.html",
    "restaurant/messages/createTicket.html",
    "sagas/create-order.html",
    "sagas/feast.html",
  ];
  it.each(kinds.flatMap((path) => (["light", "dark"] as const).map((scheme) => [path, scheme] as const)))(
    "has no accessibility issue that axe finds: %s, %s",
    async (path, colorScheme) => {
      await open(
        path,
        async (page) => {
          await page.evaluate(axe);
          const issues = await page.evaluate(
            "axe.run().then(({ violations }) => violations.map((one) => [one.impact, one.id, one.nodes[0].html].join(' ')))",
          );
          expect(issues).toEqual([]);
        },
        { colorScheme },
      );
    },
  );
});
