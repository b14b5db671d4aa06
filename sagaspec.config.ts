import { defineConfig } from "@sagaspec/cli";

export default defineConfig({
  documents: ["specs/*.yaml"],
  handlers: "examples/create-order/handlers",
  docs: {
    title: "Food to go",
    sagas: ["examples/*/saga.ts"],
    external: ["order.*", "restaurant.ticketProgress"],
  },
});
