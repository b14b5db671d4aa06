import { describe, expect, test } from "vitest";
import { newStubFile, type Stub } from "../../generator/src/emit/handlers.js";
import { reviewStubs } from "../../generator/src/stubs.js";

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
