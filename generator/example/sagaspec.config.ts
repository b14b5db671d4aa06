import { defineConfig } from "@sagaspec/cli";

export default defineConfig({ documents: ["specs/*.yaml"], sagas: "src/admin.ts" });
