import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newStubFile, type Stub } from "../../../generator/src/emit/handlers/handler-stub.js";
import { reviewStubs } from "../../../generator/src/pipeline/review-handlers.js";
import { greeter, project, sagaspec } from "./terminal.js";

const stubs: readonly Stub[] = [
  { name: "createTicket", id: "restaurant.createTicket" },
  { name: "rejectTicket", id: "restaurant.rejectTicket" },
];
const review = (text: string, wanted = stubs) =>
  reviewStubs("handlers/restaurant.ts", text, "RestaurantHandlers", wanted);

describe("handler stubs", () => {
  test("are complete and unwritten when the file is new", () => {
    const text = newStubFile("RestaurantHandlers", "../generated/restaurant/index.js", stubs);
    expect(text).toBe(`import { notImplemented } from "@sagaspec/runtime";
import type { RestaurantHandlers } from "../generated/restaurant/index.js";

export const handlers: RestaurantHandlers = {
  createTicket() {
    return notImplemented("restaurant.createTicket");
  },

  rejectTicket() {
    return notImplemented("restaurant.rejectTicket");
  },
};
`);
    const found = review(text);
    expect(found).toMatchObject({ added: [], gone: [], found: true, text });
    expect(found.unwritten).toEqual(["restaurant.createTicket", "restaurant.rejectTicket"]);
  });

  test("are added at the end of the user's object, and nothing else changes", () => {
    const mine = `import {fail} from '@sagaspec/runtime'
import type { RestaurantHandlers } from "../generated/restaurant/index.js";

export const handlers: RestaurantHandlers = {
   createTicket( order ) { return {ticketId:1} } // odd, but mine
}
const after = 1;
`;
    expect(review(mine).text).toBe(`import {fail, notImplemented} from '@sagaspec/runtime'
import type { RestaurantHandlers } from "../generated/restaurant/index.js";

export const handlers: RestaurantHandlers = {
   createTicket( order ) { return {ticketId:1} }, // odd, but mine

   rejectTicket() {
     return notImplemented("restaurant.rejectTicket");
   },
}
const after = 1;
`);
  });

  test("are neither added nor missed where the type leaves an operation out: a saga serves it", () => {
    for (const type of [
      'Omit<RestaurantHandlers, "rejectTicket">',
      'Omit<\n  RestaurantHandlers,\n  "other" | "rejectTicket"\n>',
      'Pick<RestaurantHandlers, "createTicket">',
    ]) {
      const file = `const handlers: ${type} = { createTicket() { return notImplemented("restaurant.createTicket"); } };\n`;
      expect(review(file)).toMatchObject({
        found: true,
        added: [],
        text: file,
        unwritten: ["restaurant.createTicket"],
      });
      const parts = `const handlers: ${type} = {};\nconst other = () => notImplemented("restaurant.rejectTicket");\n`;
      expect(review(parts)).toMatchObject({ added: ["restaurant.createTicket"], unwritten: [] });
    }
    const inClass = 'class Kitchen implements Omit<RestaurantHandlers, "createTicket"> { rejectTicket() {} }\n';
    expect(review(inClass)).toMatchObject({ found: true, added: [], unwritten: [] });
    expect(review("const handlers: Partial<RestaurantHandlers> = {};\n").found).toBe(false);
  });

  test("are not added twice", () => {
    const once = review("const handlers: RestaurantHandlers = {};\n");
    expect(once.added).toEqual(["restaurant.createTicket", "restaurant.rejectTicket"]);
    const twice = review(once.text);
    expect(twice.added).toEqual([]);
    expect(twice.text).toBe(once.text);
  });

  test("keep the line endings of the file", () => {
    const { text } = review("export const handlers = {\r\n  createTicket() {},\r\n} satisfies RestaurantHandlers;\r\n");
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    expect(text).toContain("rejectTicket() {");
  });

  test("are found in what a function returns", () => {
    const { added, text } = review(`export function createHandlers(db: Database): RestaurantHandlers {
  return {
    createTicket: () => db.insert(),
  };
}
`);
    expect(added).toEqual(["restaurant.rejectTicket"]);
    expect(text).toContain(`    createTicket: () => db.insert(),

    rejectTicket() {
      return notImplemented("restaurant.rejectTicket");
    },
  };`);
  });

  test("become methods of a class that implements the interface", () => {
    const { text } = review(`class Kitchen implements RestaurantHandlers {
  #tickets = new Map();
  createTicket() {}
}
`);
    expect(text).toContain(`  createTicket() {}

  rejectTicket() {
    return notImplemented("restaurant.rejectTicket");
  }
}`);
  });

  test("of an operation with several messages are nested, and completed inside", () => {
    const nested: Stub = {
      name: "onOrder",
      id: "kitchen.onOrder",
      members: [
        { name: "orderCreated", id: "kitchen.onOrder.orderCreated" },
        { name: "orderCancelled", id: "kitchen.onOrder.orderCancelled" },
      ],
    };
    const { added, text } = review(
      `const handlers: RestaurantHandlers = {
  onOrder: {
    orderCreated() {},
  },
};
`,
      [nested],
    );
    expect(added).toEqual(["kitchen.onOrder.orderCancelled"]);
    expect(text).toContain(`    orderCreated() {},

    orderCancelled() {
      return notImplemented("kitchen.onOrder.orderCancelled");
    },
  },
};`);
  });

  test("report operations that have gone, and leave their functions alone", () => {
    const mine = "const handlers: RestaurantHandlers = { createTicket() {}, rejectTicket() {}, cook() {} };\n";
    expect(review(mine)).toMatchObject({ gone: ["cook"], added: [], text: mine });
  });

  test("are left to the compiler where members come from elsewhere", () => {
    const mine = "const handlers: RestaurantHandlers = { ...others, createTicket() {} };\n";
    expect(review(mine)).toMatchObject({ added: [], text: mine });
  });

  test("are not forced into a file without handlers", () => {
    expect(review("export const nothing = 1;\n")).toMatchObject({ found: false, added: [] });
  });
});

describe("a handler whose operation has another signature since", () => {
  const handlers = `import type { GreeterHandlers } from "../generated/greeter/index.js";

export const handlers: GreeterHandlers = { greet: ({ name }) => ({ text: name }) };
`;
  const generated = async (): ReturnType<typeof project> => {
    const folder = await project({ "greeter.yaml": greeter, "handlers/greeter.ts": handlers });
    await sagaspec(folder.path, "generate", "greeter.yaml");
    return folder;
  };
  const change = (folder: string, from: string, to: string): Promise<void> =>
    writeFile(join(folder, "greeter.yaml"), greeter.replace(from, to));
  const said = "handlers/greeter.ts: see that it still fits, the types have changed of greeter.greet";

  test.each([
    ["payload", "name: { type: string }", "name: { type: integer }"],
    ["reply", "text: { type: string }", "text: { type: integer }"],
    ["part that is required", "required: [name]", "required: []"],
  ])("is reported: another %s", async (_, from, to) => {
    await using folder = await generated();
    await change(folder.path, from, to);
    const { code, out } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(out).toContain(said);
    expect(code).toBe(0);
    expect((await sagaspec(folder.path, "generate", "greeter.yaml")).out).not.toContain(said);
    expect(await readFile(join(folder.path, "handlers/greeter.ts"), "utf8")).toBe(handlers);
  });

  test("is reported in a clone, which has the output and nothing that was remembered", async () => {
    await using folder = await generated();
    await change(folder.path, "name: { type: string }", "name: { type: integer }");
    await rm(join(folder.path, ".sagaspec"), { recursive: true });
    expect((await sagaspec(folder.path, "generate", "greeter.yaml")).out).toContain(said);
  });

  test("is reported to whoever writes nothing, as often as they ask", async () => {
    await using folder = await generated();
    await change(folder.path, "name: { type: string }", "name: { type: integer }");
    for (let times = 0; times < 2; times++) {
      expect((await sagaspec(folder.path, "generate", "greeter.yaml", "--dry-run")).out).toContain(said);
      const { code, out } = await sagaspec(folder.path, "generate", "greeter.yaml", "--check");
      expect(out).toContain("changed operation: greeter.greet, handled in handlers/greeter.ts");
      expect(code).toBe(1);
      const { out: json } = await sagaspec(folder.path, "generate", "greeter.yaml", "--dry-run", "--json");
      expect(JSON.parse(json).handlers).toMatchObject([{ service: "greeter", changed: ["greeter.greet"] }]);
    }
  });

  test.each([
    ["a description", "name: { type: string }", "name: { type: string, description: Who is greeted }"],
    ["a constraint that no type shows", "name: { type: string }", "name: { type: string, maxLength: 9 }"],
  ])("is not one for %s", async (_, from, to) => {
    await using folder = await generated();
    await change(folder.path, from, to);
    expect((await sagaspec(folder.path, "generate", "greeter.yaml")).out).not.toContain(said);
  });

  test("is not one as long as it is a stub", async () => {
    await using folder = await project({ "greeter.yaml": greeter });
    await sagaspec(folder.path, "generate", "greeter.yaml");
    await change(folder.path, "name: { type: string }", "name: { type: integer }");
    const { out } = await sagaspec(folder.path, "generate", "greeter.yaml");
    expect(out).not.toContain(said);
    expect(out).toContain("still to be written: greeter.greet");
  });

  test("is remembered for the services that a run leaves alone", async () => {
    const files = { "greeter.yaml": greeter, "other.yaml": greeter, "handlers/greeter.ts": handlers };
    await using folder = await project(files);
    await sagaspec(folder.path, "generate", "greeter.yaml", "other.yaml");
    await sagaspec(folder.path, "generate", "other.yaml");
    await change(folder.path, "name: { type: string }", "name: { type: integer }");
    expect((await sagaspec(folder.path, "generate", "greeter.yaml")).out).toContain(said);
  });
});
