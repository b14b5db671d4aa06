import { defineConfig } from "@sagaspec/cli";

export default defineConfig({
  documents: ["specs/*.yaml"],
  handlers: "examples/create-order/handlers",
});
