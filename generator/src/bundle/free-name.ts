import { basename, extname } from "node:path";
import type { JsonNode } from "../load/yaml/json-node.js";
import { lastKey } from "../load/yaml/pointer.js";

/** A name for a component: the one that it has in its file, with the file's behind it where that is taken. */
export function freeName({ source, pointer }: JsonNode, isFree: (name: string) => boolean): string {
  const file = clean(basename(source.location, extname(source.location)));
  const own = pointer === "" ? file : clean(lastKey(pointer));
  if (isFree(own)) return own;
  const qualified = own === file ? own : `${own}-${file}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? qualified : `${qualified}-${number}`;
    if (isFree(name)) return name;
  }
}

function clean(text: string): string {
  return text.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "") || "part";
}
