import { existsSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { createProject, type Project } from "./project.js";

// Hangs are found, however slow the machine is.
vi.setConfig({ testTimeout: 180_000 });

const projects: Project[] = [];

async function project(docs: object = {}, plugins?: string): Promise<Project> {
  const one = await createProject(docs, plugins);
  projects.push(one);
  return one;
}

afterEach(async () => {
  for (const one of projects.splice(0)) await one.remove();
});

const page = (one: Project, path: string) => readFile(join(one.folder, "site", path), "utf8");

const definition = `export const serveDish = {
  type: "serve-dish", version: 1, hash: "00", lateSuccess: "record", input: {},
  root: { kind: "sequence", nodes: [
    { kind: "step", name: "ticket", path: "ticket", pivot: false,
      action: { kind: "call", operation: { id: "restaurant.createTicket" }, timeoutMs: 1500 } },
  ] },
};\n`;

const shop = (message: string) => `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels: { sold: { address: sold, messages: { sold: { $ref: "#/components/messages/sold" } } } }
operations: { sold: { action: send, channel: { $ref: "#/channels/sold" } } }
components:
  messages: { sold: { ${message} } }
`;

it("builds the site, and leaves it alone when nothing has changed", async () => {
  const one = await project();
  expect(await one.run("docs")).toMatchObject({ code: 0 });
  const { mtimeMs } = await stat(join(one.folder, "site/index.html"));
  expect((await one.run("docs", "build")).out).toContain("site is up to date");
  expect((await stat(join(one.folder, "site/index.html"))).mtimeMs).toBe(mtimeMs);
});

it("writes only what a change concerns, and removes pages of messages that have gone", async () => {
  const one = await project();
  await one.write("specs/sold.yaml", shop("summary: Told., payload: { type: string }"));
  await one.run("docs");
  const document = await readFile(join(one.folder, "specs/restaurant.yaml"), "utf8");
  await one.write("specs/restaurant.yaml", document.replaceAll("ticketDelayed", "ticketLate"));
  const { out } = await one.run("docs", "--json");
  const { written, removed } = JSON.parse(out) as { written: string[]; removed: string[] };
  expect(removed).toEqual(["restaurant/messages/ticketDelayed.html"]);
  expect(written).toContain("restaurant/messages/ticketLate.html");
  expect(written.filter((path) => path.startsWith("sold/"))).toEqual([]);
  expect(written).not.toContain("index.html");
});

it("says what is wrong with a document and writes nothing", async () => {
  const one = await project();
  await one.write("specs/broken.yaml", "asyncapi: 3.0.0\ninfo: { title: Broken }\n");
  const { code, notes } = await one.run("docs");
  expect(code).toBe(1);
  expect(notes).toMatch(/specs\/broken\.yaml:\d+:\d+/);
  expect(existsSync(join(one.folder, "site"))).toBe(false);
});

it("takes sagas, pages, a logo and a style sheet from the project, and pages from plugins", async () => {
  const plugin = `[{ name: "team", emit: () => [], pages: (contracts) => [{ name: "team", title: "Team", markdown: contracts[0].title + " is *ours*" }] }]`;
  const one = await project(
    { title: "Kitchen", sagas: ["src/*.mjs"], pages: ["pages/*.md"], logo: "logo.svg", css: "theme.css" },
    plugin,
  );
  await one.write("src/dish.mjs", definition);
  await one.write("pages/how.md", "# How we cook\n\nSee the [restaurant](../restaurant/index.html#createTicket).\n");
  await one.write("logo.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`);
  await one.write("theme.css", ":root { --accent: #b03060; }\n");
  expect(await one.run("docs")).toMatchObject({ code: 0 });
  expect(await page(one, "index.html")).toContain("assets/logo.svg");
  expect(await page(one, "sagas/serve-dish.html")).toContain("1.5 s");
  expect(await page(one, "restaurant/index.html")).toContain("serve-dish: ticket");
  expect(await page(one, "pages/how.html")).toContain("<h1>How we cook</h1>");
  expect(await page(one, "pages/team.html")).toContain("Restaurant service is <em>ours</em>");
  expect(await page(one, "assets/custom.css")).toContain("#b03060");

  await one.write("src/dish.mjs", definition.replace("1500", "2500"));
  await one.write("theme.css", ":root { --accent: #004080; }\n");
  expect((await one.run("docs")).out).not.toContain("up to date");
});

it("shows what changed since older versions, and what of it breaks others", async () => {
  const one = await project({ versions: { restaurant: ["old/restaurant.yaml"] } });
  const document = await readFile(join(one.folder, "specs/restaurant.yaml"), "utf8");
  await one.write(
    "old/restaurant.yaml",
    document.replace("version: 1.0.0", "version: 0.9.0").replace("enum: [closed, sold-out]", "enum: [closed]"),
  );
  expect(await one.run("docs")).toMatchObject({ code: 0 });
  expect(await page(one, "restaurant/index.html")).toContain(`<a href="changelog.html">Changelog</a>`);
  const html = await page(one, "restaurant/changelog.html");
  expect(html).toContain("since 0.9.0");
  expect(html).toContain(`<span class="badge breaking">breaking</span>`);
});

it("offers the document as it is, and as one document where it refers to others", async () => {
  const one = await project();
  const document = await readFile(join(one.folder, "specs/restaurant.yaml"), "utf8");
  await one.write("parts/ids.yaml", "OrderId: { type: integer, minimum: 1, description: Number of an order. }\n");
  await one.write(
    "specs/restaurant.yaml",
    document.replace(
      "OrderId: { type: integer, minimum: 1, description: Number of an order. }",
      `OrderId: { $ref: "../parts/ids.yaml#/OrderId" }`,
    ),
  );
  expect(await one.run("docs")).toMatchObject({ code: 0 });
  expect(await page(one, "restaurant/files/restaurant.yaml")).toContain("../parts/ids.yaml");
  expect(await page(one, "restaurant/files/restaurant.bundled.yaml")).not.toContain("../parts/ids.yaml");
});

it("exits with 1 for what a check finds, at its line, and with 0 when it is settled", async () => {
  const one = await project({
    external: ["*"],
    check: { "undescribed-message": "warning", "message-without-example": "error" },
  });
  await one.write("specs/restaurant.yaml", shop("payload: { type: string }"));
  const found = await one.run("docs", "--check", "--json");
  const { findings } = JSON.parse(found.out) as { findings: { code: string; line: number }[] };
  expect(found.code).toBe(1);
  expect(findings.map(({ code, line }) => [code, line])).toEqual([
    ["undescribed-message", 6],
    ["message-without-example", 6],
  ]);
  expect(existsSync(join(one.folder, "site"))).toBe(false);

  await one.write(
    "specs/restaurant.yaml",
    shop("summary: Told., payload: { type: string }, examples: [{ payload: x }]"),
  );
  expect(await one.run("docs", "--check")).toMatchObject({ code: 0 });
});

it("serves the site on this machine only, and shows it again when a document changes", async () => {
  const one = await project();
  const serving = one.start("docs", "serve", "--port", "0");
  try {
    const url = await serving.said(/The site is at (\S+)/);
    await serving.said(/Watching for changes/);
    expect(await (await fetch(url)).text()).toContain("assets/live.js");
    expect((await fetch(`${url}restaurant/`)).headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect((await fetch(`${url}..%2f..%2fetc/passwd`)).status).toBe(404);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);

    const changes = await fetch(`${url}@changes`);
    const reader = changes.body?.pipeThrough(new TextDecoderStream()).getReader();
    const document = await readFile(join(one.folder, "specs/restaurant.yaml"), "utf8");
    await one.write("specs/restaurant.yaml", document.replace("Keeps one ticket", "Keeps exactly one ticket"));
    for (let text = ""; !text.includes("event: change"); ) text += (await reader?.read())?.value ?? "";
    await reader?.cancel();
    expect(await (await fetch(url)).text()).toContain("Keeps exactly one ticket");
  } finally {
    expect((await serving.stop()).code).toBe(0);
  }
});

it("refuses to serve to a name that somebody pointed at this machine", async () => {
  const one = await project();
  const serving = one.start("docs", "serve", "--port", "0");
  try {
    const url = new URL(await serving.said(/The site is at (\S+)/));
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const headers = { host: "evil.example" };
      request({ host: "127.0.0.1", port: url.port, headers }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  } finally {
    await serving.stop();
  }
});

it("does not fail a check for messages without summary or example, and says in a line how many there are", async () => {
  const one = await project({ external: ["*"] });
  await one.write("specs/restaurant.yaml", shop("payload: { type: string }"));
  const { code, out, notes } = await one.run("docs", "--check");
  expect({ code, out }).toEqual({ code: 0, out: "2 findings, 2 info\n" });
  expect(notes).toContain("info message-without-example: the message sold has no example (specs/restaurant.yaml: 1)");

  const silent = await project({ external: ["*"], check: { "undescribed-message": "off" } });
  await silent.write("specs/restaurant.yaml", shop("payload: { type: string }, examples: [{ payload: x }]"));
  expect((await silent.run("docs", "--check")).out).toBe("nothing to find fault with\n");
});

it.each([
  ["edited", (path: string) => writeFile(path, "<h1>mine</h1>")],
  ["emptied", (path: string) => writeFile(path, "")],
  ["removed", (path: string) => rm(path)],
])("writes a page anew that somebody has %s", async (_, change) => {
  const one = await project();
  await one.run("docs");
  const before = await page(one, "restaurant/index.html");
  await change(join(one.folder, "site/restaurant/index.html"));
  expect((await one.run("docs")).out).not.toContain("up to date");
  expect(await page(one, "restaurant/index.html")).toBe(before);
});

it("puts pages in groups, in order, links them to one another, and finds their headings", async () => {
  const runbooks = { title: "Runbooks", pages: ["runbooks/*.md"] };
  const one = await project({ pages: ["pages/*.md", runbooks] });
  await one.write("pages/how.md", "# How we cook\n");
  const burnt = "# When it burns\n\n## Put it out\n\nSee [how](../pages/how.md) and [call](02-call.md#the-brigade).\n";
  await one.write("runbooks/01-fire.md", burnt);
  await one.write("runbooks/02-call.md", '# Call\n\n## The brigade\n\n| number |\n|---|\n| <a id="day"></a>By day |\n');
  expect((await one.run("docs", "--check")).out).not.toContain("broken-link");
  await one.run("docs");
  const fire = await page(one, "pages/fire.html");
  expect(fire).toContain('<a href="how.html">how</a> and <a href="call.html#the-brigade">call</a>');
  expect(fire).toContain('<h2 id="put-it-out">Put it out</h2>');
  expect(fire).toMatch(/<h2>Pages<\/h2>.*How we cook.*<h2>Runbooks<\/h2>.*When it burns.*Call/s);
  const index = await page(one, "assets/search-index.js");
  expect(index).toMatch(/"The brigade","Call","pages\/call.html#the-brigade"/);
  expect(index).toMatch(/"By day","Call","pages\/call.html#day"/);
});

it("keeps every page of the user's own, whatever the files are called", async () => {
  const one = await project({ pages: ["pages/**/*.md"] });
  for (const path of ["index", "a/index", "b/index", "b/how", "c/how", "c/README"]) {
    await one.write(`pages/${path}.md`, `# Page ${path}\n`);
  }
  await one.run("docs");
  const written: string[] = [];
  for (const name of ["pages", "a", "b", "b-how", "c-how", "c"]) {
    if (existsSync(join(one.folder, `site/pages/${name}.html`))) {
      written.push(/<h1>(.*)<\/h1>/.exec(await page(one, `pages/${name}.html`))?.[1] ?? "");
    }
  }
  expect(written.sort()).toEqual([
    "Page a/index",
    "Page b/how",
    "Page b/index",
    "Page c/README",
    "Page c/how",
    "Page index",
  ]);
});

it("reads old versions from the perspective of the present one", async () => {
  const one = await project();
  const old = (version: string) => `asyncapi: 2.6.0
info: { title: Sales, version: ${version} }
channels: { sold: { subscribe: { operationId: sold, message: { name: sold, payload: { type: string } } } } }
`;
  await one.write("old/sales.yaml", old("0.9.0"));
  await one.write("specs/sales.yaml", old("1.0.0"));
  const documents = `{ sales: { path: "specs/sales.yaml", perspective: "client" } }`;
  const docs = `{ versions: { sales: ["old/sales.yaml"] } }`;
  await one.write("sagaspec.config.mjs", `export default { documents: ${documents}, docs: ${docs} };\n`);
  expect(await one.run("docs")).toMatchObject({ code: 0 });
  expect(await page(one, "sales/changelog.html")).toContain("Nothing that others would notice.");
});

it("serves what a changed configuration and its globs say, and shows in the page what is wrong", async () => {
  const one = await project({ title: "Before", pages: ["pages/*.md"] });
  await one.write("pages/how.md", "# How\n");
  const serving = one.start("docs", "serve", "--port", "0");
  try {
    const url = await serving.said(/The site is at (\S+)/);
    await serving.said(/Watching for changes/);
    const changes = await fetch(`${url}@changes`);
    const reader = changes.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    const hear = async (wanted: string) => {
      while (!heard.includes(wanted)) heard += (await reader?.read())?.value ?? "";
      heard = "";
    };
    // A watcher of files may miss what is written while it begins: until the first change is heard, it is made again.
    let tries = 0;
    const again = setInterval(() => void one.write(`pages/why${++tries}.md`, "# Why\n"), 2_000);
    await one.write("pages/why.md", "# Why\n");
    await hear("event: change");
    clearInterval(again);
    expect((await fetch(`${url}pages/why.html`)).status).toBe(200);

    const config = await readFile(join(one.folder, "sagaspec.config.mjs"), "utf8");
    await one.write("sagaspec.config.mjs", config.replace("Before", "After"));
    await hear("event: change");
    expect(await (await fetch(url)).text()).toContain("<h1>After</h1>");

    const document = await readFile(join(one.folder, "specs/restaurant.yaml"), "utf8");
    await one.write("specs/restaurant.yaml", document.replace("action: receive", "action: eat"));
    await hear("event: problem");
    const late = await fetch(`${url}@changes`);
    const first = (await late.body?.pipeThrough(new TextDecoderStream()).getReader().read())?.value;
    expect(first).toMatch(/event: problem\ndata: .*restaurant\.yaml/);
    await one.write("specs/restaurant.yaml", document);
    await hear("event: change");
    await reader?.cancel();
  } finally {
    await serving.stop();
  }
});
