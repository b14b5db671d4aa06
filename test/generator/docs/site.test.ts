import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { saga } from "@sagaspec/runtime";
import { beforeAll, describe, expect, it } from "vitest";
import { NewOrderSchema, order, orderEvents } from "../../../generated/order/index.js";
import type { Contract } from "../../../generator/src/contract/contract.js";
import { checkSite } from "../../../generator/src/docs/check.js";
import { brokenLinks } from "../../../generator/src/docs/links.js";
import { readSaga } from "../../../generator/src/docs/sagas/read.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { corpus } from "../../support/corpus.js";
import { contractOf } from "../diff/contract-of.js";
import { createOrderOutline, feastOutline } from "./sagas.js";
import { exampleContracts, filesOf, siteOf } from "./site-of.js";

const text = (page: string | undefined): string => (page ?? "").replace(/<[^>]*>/g, "").replace(/&[^;]+;/g, "·");
const linksOf = (files: ReadonlyMap<string, string>) =>
  brokenLinks([...files].map(([path, content]) => ({ path, content })));

describe("the site of the examples", () => {
  let files: ReadonlyMap<string, string>;
  let contracts: readonly Contract[];

  beforeAll(async () => {
    contracts = await exampleContracts();
    files = await filesOf(await siteOf(contracts, { sagas: [createOrderOutline, feastOutline] }));
  });

  it("has a page for each service, message, named schema and saga", () => {
    const pages = [...files.keys()].filter((path) => path.endsWith(".html"));
    const messages = contracts.flatMap((contract) => contract.messages);
    const named = contracts.flatMap((one) => one.types).filter((one) => /\/schemas\/[^/]+$/.test(one.origin.pointer));
    expect(named.length).toBeGreaterThan(4);
    expect(pages).toHaveLength(1 + contracts.length + messages.length + named.length + 2);
  });

  it("has no broken link", () => {
    expect(linksOf(files)).toEqual([]);
  });

  it("says of a request without a timeout that it waits 30 seconds", async () => {
    const asked = {
      operations: [
        {
          name: "ask",
          action: "receive" as const,
          messages: [{ key: "question", member: "question" }],
          reply: { success: ["answer"], failure: [] },
        },
      ],
      messages: { question: {}, answer: {} },
    };
    const pages = await filesOf(await siteOf([contractOf(asked)]));
    expect(text(pages.get("shop/index.html"))).toContain("30 s (nothing is said)");
  });

  it("says of an operation what it waits for, what undoes it, its key, its failures and who uses it", () => {
    const page = text(files.get("restaurant/index.html"));
    for (const said of ["5 s", "rejectTicket", "$message.payload#/orderId", "ticketRefused", "create-order: ticket"]) {
      expect(page).toContain(said);
    }
  });

  it("shows every field with its constraint and description, on the page of the service and of the message", () => {
    for (const path of ["restaurant/index.html", "restaurant/messages/createTicket.html"]) {
      const page = text(files.get(path));
      for (const said of ["orderId", "Who eats it.", "at least 1 item", "quantity", "One dish of an order."]) {
        expect(page).toContain(said);
      }
    }
  });

  it("shows the generated TypeScript of both ends beside an operation", () => {
    const page = text(files.get("restaurant/index.html"));
    expect(page).toContain("createClient(restaurant, transport)");
    expect(page).toContain("TicketCreated | Promise·TicketCreated·");
  });

  it("tells who sends and who receives a message", () => {
    const page = text(files.get("restaurant/messages/createTicket.html"));
    expect(page).toMatch(/Sent bysaga create-order, saga feastReceived byRestaurant service/);
    expect(text(files.get("restaurant/messages/ticketCreated.html"))).toMatch(
      /Sent byRestaurant serviceReceived bysaga create-order/,
    );
  });

  it("draws a saga from its definition, with the compensation that the contract gives", () => {
    const page = text(files.get("sagas/create-order.html"));
    for (const said of [
      "undo ticket",
      "restaurant.rejectTicket",
      "pivot: no way back from here",
      "3 attempts",
      "tells orderOutcome.orderApproved",
    ]) {
      expect(page).toContain(said);
    }
  });

  it("draws groups, waits, sleeps, polls and child sagas", () => {
    const page = text(files.get("sagas/feast.html"));
    for (const said of [
      "side by side",
      "money, after who",
      "one of",
      "otherwise",
      "sleep 1 min",
      "for each, 4 at a time",
      "asked every 5 s for 2 min",
      "run the saga create-order",
      "ordered",
      "1 h, then goes on",
      "wait for restaurant.ticketProg",
      "Started byorder.createOrder, the schedule 0 6 * * *",
      "Time for all of it1 d",
    ]) {
      expect(page).toContain(said);
    }
    expect(text(files.get("order/index.html"))).toContain("Startssaga feast");
  });

  it("reads what starts a saga: a request that it answers, an event, the clock", () => {
    const again = (order: { orderId: number }) => ({ ...order, consumerId: 1, cardId: 1, price: 1, items: [] });
    const definition = saga("again", {
      version: 1,
      input: NewOrderSchema,
      startOn: { message: orderEvents.orderOutcome.orderRejected, input: again },
      schedule: { cron: "0 6 * * *", input: () => again({ orderId: 1 }) },
    }).answers({ call: order.createOrder, input: again, reply: () => ({ orderId: 1, sagaId: "" }) });
    expect(readSaga(definition, "again.ts", "again")?.start).toEqual({
      operations: ["order.createOrder", "order.orderOutcome.orderRejected"],
      cron: "0 6 * * *",
    });
  });

  it("says who waits for an event", () => {
    expect(text(files.get("restaurant/messages/ticketReady.html"))).toContain("Received bysaga feast");
  });

  it("maps sagas to services, and services to each other by the addresses of their channels", async () => {
    const bought = {
      operations: [
        { name: "told", action: "receive" as const, messages: [{ key: "orderApproved", member: "orderApproved" }] },
      ],
      messages: { orderApproved: {} },
      channel: { address: "order_service.events" },
    };
    const kitchen = contractOf({ ...bought, contract: { service: "kitchen", title: "Kitchen" } });
    const site = await siteOf([...contracts, kitchen], { sagas: [createOrderOutline] });
    const flows = site.flows.map(({ from, to, messages }) => `${from.name} ${messages.join()} ${to.name}`);
    expect(flows).toContain("order orderApproved kitchen");
    expect(flows).toContain("create-order createTicket restaurant");
  });
});

it("tells services of one title apart, and gives the newest version of a saga the address that stays", async () => {
  const shop = (service: string) => contractOf({ operations: [], messages: {}, contract: { service, title: "Shop" } });
  const first = { ...createOrderOutline, version: 1 };
  const site = await siteOf([shop("north"), shop("south")], { sagas: [first, { ...first, version: 2 }] });
  expect(site.services.map(({ label }) => label)).toEqual(["Shop (north)", "Shop (south)"]);
  expect(site.sagas.map(({ path }) => path)).toEqual(["sagas/create-order-v1.html", "sagas/create-order.html"]);
  const files = await filesOf(site);
  expect(linksOf(files)).toEqual([]);
  expect(text(files.get("sagas/create-order.html"))).toContain("Versionsversion 1");
});

it("finds what a check must find, and nothing that has its other end elsewhere", async () => {
  const shop = contractOf({
    operations: [
      { name: "buy", action: "receive", messages: [{ key: "buy", member: "buy" }] },
      { name: "bought", action: "send", messages: [{ key: "bought", member: "bought" }] },
    ],
    messages: {
      buy: { payload: { type: "object" } },
      bought: {
        payload: { type: "object" },
        summary: "Told.",
        examples: [{ origin: { file: "shop.yaml", pointer: "" }, payload: {} }],
      },
    },
    contract: { description: "[nowhere](missing.html)" },
  });
  const site = await siteOf([shop]);
  const files = [...(await filesOf(site))].map(([path, content]) => ({ path, content }));
  const codes = (external: readonly string[], implemented: boolean) =>
    checkSite(site, { files, external, implemented: () => implemented }).map(({ code }) => code);
  expect(codes([], false)).toEqual([
    "unused-operation",
    "unused-operation",
    "undescribed-message",
    "message-without-example",
    "broken-link",
    "broken-link",
  ]);
  expect(codes(["shop.*"], false)).not.toContain("unused-operation");
  expect(codes(["shop.bought"], true)).not.toContain("unused-operation");
});

const manifest = join(corpus, "MANIFEST.tsv");

it.skipIf(!existsSync(manifest))(
  `makes pages without a broken link of every document that can be read (documents of ${corpus})`,
  { timeout: 300_000 },
  async () => {
    const rows = readFileSync(manifest, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
    const broken: unknown[] = [];
    for (const [path = ""] of rows.filter((row) => row[6] === "ok")) {
      const { contracts } = await readContracts([{ path }], { cwd: corpus, lenient: true, rulesFound: () => [] });
      const found = linksOf(await filesOf(await siteOf(contracts)));
      if (found.length > 0) broken.push([path, found[0]]);
    }
    expect(broken).toEqual([]);
  },
);
