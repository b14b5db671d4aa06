import { expect, test } from "vitest";
import { constName, memberName, singular } from "../../../generator/src/transform/names.js";

test.each([
  ["categories", "category"],
  ["CATEGORIES", "CATEGORy"],
  ["keys", "key"],
  ["addresses", "address"],
  ["boxes", "box"],
  ["matches", "match"],
  ["dishes", "dish"],
  ["statuses", "status"],
  ["buses", "bus"],
  ["lines", "line"],
  ["houses", "house"],
  ["series", "seriesItem"],
  ["news", "new"],
  ["status", "statusItem"],
  ["axis", "axisItem"],
  ["glass", "glassItem"],
  ["is", "isItem"],
  ["data", "dataItem"],
])("one of the %s is called %s", (many, one) => {
  expect(singular(many)).toBe(one);
});

test.each([
  ["create-ticket", "createTicket"],
  ["2fast", "_2fast"],
  ["delete", "delete"],
])("%s is the member %s", (text, name) => {
  expect(memberName(text)).toBe(name);
});

test("what may be declared is no word of the language", () => {
  expect([constName("delete"), constName("await"), constName("order")]).toEqual(["delete_", "await_", "order"]);
});
