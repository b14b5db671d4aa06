// What `npx sagaspec saga list` looks at.
import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { createOrder } from "./create-order.js";

export default () => createSagaAdmin({ store: createSqliteStore({ path: "orders.db" }), sagas: [createOrder] });
