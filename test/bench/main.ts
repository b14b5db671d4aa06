import { type Metrics, table } from "./metric.js";

/** What can be measured. Each file exports `measure`. */
const benches: { readonly [name: string]: () => Promise<{ measure(): Promise<Metrics> }> } = {
  generate: () => import("./generate.js"),
  messages: () => import("./messages.js"),
  saga: () => import("./saga.js"),
  stores: () => import("./stores.js"),
};

const [name, ...flags] = process.argv.slice(2);
const bench = name === undefined ? undefined : benches[name];
if (!bench) {
  console.error(`npm run bench -- <${Object.keys(benches).join("|")}> [--json]`);
  process.exitCode = 2;
} else {
  const metrics = await (await bench()).measure();
  console.log(table(metrics));
  if (flags.includes("--json")) console.log(JSON.stringify(metrics));
}
