import { defineConfig } from "@sagaspec/cli";

export default defineConfig({
  documents: [
    "specs/*.yaml",
    { path: "specs/examples/*.yaml", handlers: false },
    { path: "specs/sagas.yaml", handlers: false },
  ],
  handlers: "examples/create-order/handlers",
  docs: {
    title: "Food to go",
    sagas: ["examples/*/saga.ts"],
    external: ["order.*", "sagas.*", "restaurant.ticketProgress"],
  },
});
