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
    pages: [
      { title: "Guides", pages: ["docs/guides/README.md", "docs/guides/*.md"] },
      { title: "Reference", pages: ["docs/reference/*.md", "docs/reference/@sagaspec/**/*.md"] },
    ],
    external: ["order.*", "sagas.*", "restaurant.ticketProgress"],
  },
});
