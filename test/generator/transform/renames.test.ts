import { expect, test } from "vitest";
import { head, readFiles } from "../../support/contracts/read-files.js";

test("names that are not what the author wrote are told, each once, with both names", async () => {
  const text = `${head}channels:
  a: { address: a, messages: { order: { payload: { type: object, properties: { x: { type: string } } } } } }
  b: { address: b, messages: { m: { payload: { $ref: "#/components/schemas/Order" } } } }
operations:
  place-order: { action: receive, channel: { $ref: "#/channels/a" } }
  placeOrder: { action: receive, channel: { $ref: "#/channels/b" } }
  then: { action: send, channel: { $ref: "#/channels/a" } }
  fine: { action: send, channel: { $ref: "#/channels/a" } }
components:
  schemas:
    Order: { type: object, properties: { y: { type: string } } }
    Error: { type: object, properties: { z: { type: string } } }
`;
  const { diagnostics, contract } = await readFiles({ "document.yaml": text });
  expect(contract?.operations.map((one) => one.name)).toEqual(["aPlaceOrder", "bPlaceOrder", "then_", "fine"]);
  expect(diagnostics.map((one) => `${one.severity} ${one.code} ${one.pointer} ${one.message}`)).toEqual([
    "info renamed-operation #/operations/place-order the operation 'place-order' is called 'aPlaceOrder': another operation is called 'placeOrder' as well",
    "info renamed-operation #/operations/placeOrder the operation 'placeOrder' is called 'bPlaceOrder': another operation is called 'placeOrder' as well",
    "info renamed-operation #/operations/then the operation 'then' is called 'then_': every object has that member",
    "info renamed-type #/channels/a/messages/order/payload the type 'Order' is called 'OrderMessage': another type has that name",
    "info renamed-type #/components/schemas/Error the type 'Error' is called 'DocumentError': the language or the runtime has a type of that name",
  ]);
});
