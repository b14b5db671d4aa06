import { describe, expect, it } from "vitest";
import { html } from "../../../generator/src/docs/html.js";
import { inlineMarkdown, markdown } from "../../../generator/src/docs/markdown.js";
import { FileNames, relativeUrl, safeUrl } from "../../../generator/src/docs/urls.js";

describe("templates", () => {
  it("escape text in content and in attributes, and leave templates in templates as they are", () => {
    const inner = html`<b title="${'"x" & <y>'}">${"<script>"}</b>`;
    expect(html`<p>${inner}</p>`.text).toBe('<p><b title="&quot;x&quot; &amp; &lt;y&gt;">&lt;script&gt;</b></p>');
  });

  it("print nothing for what is not there", () => {
    expect(html`${undefined}${null}${false}${[html`a`, undefined, "b"]}${0}`.text).toBe("ab0");
  });
});

describe("Markdown of documents", () => {
  it("shows HTML as text", () => {
    expect(markdown("<img src=x onerror=alert(1)>").text).toContain("&lt;img src=x onerror=alert(1)&gt;");
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,x)",
    "[x](vbscript:x)",
    "[x](java&#x0A;script:alert(1))",
    "![x](javascript:alert(1))",
  ])("makes no link of %s", (text) => {
    expect(inlineMarkdown(text).text).not.toMatch(/(href|src)="/);
  });

  it("fetches no picture from another host", () => {
    expect(markdown("![a picture](https://elsewhere.example/x.png)").text).not.toContain("<img");
  });

  it("keeps harmless links, and headings below those of the page", () => {
    expect(markdown("# One\n\n[x](https://example.com)").text).toContain(
      '<h4>One</h4>\n<p><a href="https://example.com">',
    );
  });
});

describe("addresses", () => {
  it.each([
    ["index.html", "restaurant/index.html", "restaurant/index.html"],
    ["restaurant/messages/a.html", "assets/site.css", "../../assets/site.css"],
    ["restaurant/messages/a.html", "restaurant/index.html#b", "../index.html#b"],
    ["restaurant/index.html", "restaurant/index.html#b", "#b"],
    ["sagas/x.html", "sagas/a b.html", "a%20b.html"],
  ])("lead from %s to %s as %s", (from, to, expected) => {
    expect(relativeUrl(from, to)).toBe(expected);
  });

  it("are safe with http, https and mailto, and without a scheme", () => {
    expect(["https://a.example", "mailto:a@b.example", "../x.html"].map(safeUrl)).not.toContain(undefined);
    expect(["javascript:x", " java\tscript:x", "data:x", "file:///etc/passwd"].map(safeUrl)).toEqual(
      Array(4).fill(undefined),
    );
  });
});

describe("names of files", () => {
  it("stay as they are where they can", () => {
    expect(new FileNames().claim("createTicket")).toBe("createTicket");
  });

  it("differ where file systems ignore case, and never leave their folder", () => {
    const names = new FileNames();
    const claimed = ["Order", "order", "../../etc/passwd", "a/b", "a-b", ".."].map((name) => names.claim(name));
    expect(new Set(claimed.map((name) => name.toLowerCase())).size).toBe(claimed.length);
    for (const name of claimed) expect(name).toMatch(/^[A-Za-z0-9][\w.-]*$/);
  });
});
