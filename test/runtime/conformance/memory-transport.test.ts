import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { transportConformance } from "./transport.js";

transportConformance("memory", async () => {
  const transport = createMemoryTransport();
  return { transport, deadReasons: async () => transport.deadLetters().map(({ reason }) => reason) };
});
