import type { Reporter } from "../../contract/diagnostic.js";
import type { Source } from "../files/source.js";
import { embed } from "../refs/embed.js";
import type { Resolver } from "../refs/resolve.js";
import { JsonNode } from "../yaml/json-node.js";
import { convertSchema, isJsonFormat } from "./official-parser.js";

/** Converts every schema of another language in the files of a document, by {@link JsonNode.id} of the schema. */
export async function convertFormats(
  sources: readonly Source[],
  resolver: Resolver,
  reporter: Reporter,
  asyncapi: string,
): Promise<Map<string, JsonNode>> {
  const converted = new Map<string, JsonNode>();
  for (const source of sources) {
    for (const { keys } of source.survey.formats) {
      const holder = keys.reduce<JsonNode | undefined>(
        (node, key) => node?.at(key),
        new JsonNode(source, "", source.value),
      );
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
        converted.set(schema.id, new JsonNode(schema.source, schema.pointer, true));
      }
    }
  }
  return converted;
}
