// The simulation as one file of JavaScript: it plays a third more histories than through a loader.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
export const source: string = join(here, "../../../runtime/src");

/** The runtime is bundled, from its source, under whichever of its names it is imported. */
const fromSource: Plugin = {
  name: "runtime-from-source",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^@sagaspec\/runtime(\/|$)/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
    })),
};

/** Bundles the simulation for as long as the work takes. */
export async function withBundle<T>(plugins: Plugin[], work: (program: string) => Promise<T>): Promise<T> {
  // Inside the project, so that the bundle finds its packages.
  const folder = await mkdtemp(join(here, ".bundle-"));
  const program = join(folder, "main.mjs");
  try {
    await build({
      entryPoints: [join(here, "main.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      plugins: [fromSource, ...plugins],
    });
    return await work(program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
