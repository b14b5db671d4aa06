import { createMemorySagaStore } from "../../runtime/src/memory/saga-store.js";
import { sagaStoreSuite } from "./saga-store.js";

sagaStoreSuite("memory", async () => {
  const store = createMemorySagaStore();
  return { store, other: store, transactsAsync: true, close: () => store.close() };
});
