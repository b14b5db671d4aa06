// The floor of a cold run: what it takes to import the official parser, to construct it and to parse with its rules on.
import { readFile } from "node:fs/promises";

const [path] = process.argv.slice(2);
const start = performance.now();
const { Parser } = await import("@asyncapi/parser");
const { document } = await new Parser().parse(await readFile(path, "utf8"), { source: path });
if (!document) throw new Error(`the official parser refuses ${path}`);
console.log((performance.now() - start) / 1_000);
