import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

/**
 * Opens a page for a test. Afterwards nothing may have gone wrong in it: no message on the console, no dialog, no answer
 * but success, and nobody asked for anything but the site at `base`.
 */
export async function visit(
  browser: Browser,
  base: string,
  path: string,
  test: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) problems.push(request.url());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  try {
    await page.goto(base + path);
    await test(page);
  } finally {
    await context.close();
  }
  expect(problems).toEqual([]);
}
