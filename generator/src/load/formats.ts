import type { Reporter } from "../diagnostic.js";
import { convertSchema, isJsonFormat } from "../parse.js";
import { embed } from "./embed.js";
import { Node } from "./node.js";
import type { Resolver } from "./resolve.js";
import type { Source } from "./source.js";

/** Converts every schema of another language in the files of a document, by {@link Node.id} of the schema. */
export async function convertFormats(
  sources: readonly Source[],
  resolver: Resolver,
  reporter: Reporter,
  asyncapi: string,
): Promise<Map<string, Node>> {
  const converted = new Map<string, Node>();
  for (const source of sources) {
    for (const { keys } of source.survey.formats) {
      const holder = keys.reduce<Node | undefined>((node, key) => node?.at(key), new Node(source, "", source.value));
      const format = holder?.string("schemaFormat") ?? "";
      const written = holder?.at("schema") ?? holder?.at("payload");
      if (!written || isJsonFormat(format)) continue;
      const schema = resolver.follow(written);
      if (!schema || converted.has(schema.id)) continue;
      const result = await convertSchema(format, structuredClone(schema.value), asyncapi);
      if ("schema" in result) {
        converted.set(schema.id, embed(schema, result.schema));
      } else {
        const hint = "The payload is typed as unknown; correct the schema, or name a format that is known.";
        reporter.warning(written, "unreadable-schema", `the schema was not understood: ${result.problem}`, hint);
        converted.set(schema.id, new Node(schema.source, schema.pointer, true));
      }
    }
  }
  return converted;
}
