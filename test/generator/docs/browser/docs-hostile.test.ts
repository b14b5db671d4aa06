import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { feastOutline } from "../sagas.js";
import { filesOf, siteOf } from "../site-of.js";
import { findChromium, launch } from "./chromium.js";
import { hostileContract } from "./hostile.js";
import { hostSite, type SiteHost } from "./site-host.js";
import { visit } from "./visit.js";

const executable = findChromium();

/** What a document's author may have smuggled into the page. */
const harm = `({
  ran: "pwned" in window,
  links: [...document.querySelectorAll("a, img")]
    .filter((one) => /^\\s*javascript:/i.test(one.getAttribute("href") ?? one.getAttribute("src") ?? "")).length,
  inline: [...document.querySelectorAll("*")]
    .filter((one) => one.getAttributeNames().some((name) => name.startsWith("on") || name === "style")).length,
  scripts: [...document.scripts].filter((one) => one.src === "").length,
})`;

describe.skipIf(executable === undefined)("a site of documents that mean harm", () => {
  let browser: Browser;
  let host: SiteHost;
  let files: ReadonlyMap<string, string>;

  beforeAll(async () => {
    browser = await launch(executable ?? "");
    const evil = hostileContract();
    const steps = feastOutline.steps.map((step) => ({ ...step, name: evil.title, note: evil.title }));
    const sagas = [{ ...feastOutline, name: evil.title, module: evil.title, steps }];
    files = await filesOf(await siteOf([evil], { title: evil.title, sagas }));
    host = await hostSite(files);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  it("leaves their text inert: in pages, in drawings and in what the search finds", async () => {
    const pages = [...files.keys()].filter((one) => one.endsWith(".html"));
    expect(pages).toHaveLength(5);
    for (const path of pages) {
      await visit(browser, host.httpUrl, encodeURI(path), async (page) => {
        await page.locator("#site-search").fill("svg onload");
        await page.locator("[role=option]").first().waitFor();
        expect(await page.evaluate(harm)).toEqual({ ran: false, links: 0, inline: 0, scripts: 0 });
      });
    }
  });
});
