// The simulation as one file of JavaScript: it plays half as many histories again as through a loader.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

export const here: string = fileURLToPath(new URL(".", import.meta.url));
export const source: string = join(here, "../../runtime/src");

/** @param outfile inside the project, so that the bundle finds its packages */
export async function bundle(outfile: string, ...plugins: readonly Plugin[]): Promise<void> {
  await build({
    entryPoints: [join(here, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    conditions: ["@sagaspec/source"],
    alias: { "@sagaspec/runtime/codegen": join(source, "codegen.ts") },
    plugins: [...plugins],
  });
}
