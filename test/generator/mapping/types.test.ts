import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { correlation } from "../../../generated/features/correlation/index.js";
import { validatorFor } from "../../../runtime/src/contract/schema.js";
import { blemishes, complaints } from "../../support/compile.js";
import { project, sagaspec } from "../cli/terminal.js";
import { sources, specs, text } from "./features.js";

describe("the mapping: schemas, types and names", { timeout: 60_000 }, () => {
  test("schemas: literals typed by their message, with no value imported, that compile isolated", () => {
    expect(complaints(sources, "nodenext")).toEqual([]);
    const schemas = sources.filter((path) => path.endsWith("schemas.ts"));
    const values = schemas.flatMap((path) => readFileSync(path, "utf8").match(/^import (?!type)[^;]*;/gm) ?? []);
    expect(values.filter((line) => !line.includes("../shared/"))).toEqual([]);
    expect(text("correlation/schemas.ts")).toContain("export const WeighSchema: Schema<messages.Weigh> = {");
    const validator = validatorFor(correlation.weigh.message.payload ?? {});
    expect(validator.check({ sku: "a", number: 0, answerTo: "x" })).toBe(false);
    expect(validator.explain({ sku: "a", number: 0, answerTo: "x" }).pointer).toBe("/number");
  });

  test("interfaces: const, enum and null are printed as the document has them", () => {
    const values = text("schema-values/messages.ts");
    expect(values).toContain('export type Color = "red" | "green" | "blue";');
    expect(values).toContain("note?: string | null;");
    expect(values).toContain("version: 2;");
    expect(sources.flatMap(blemishes)).toEqual([]);
  });

  test("type names: components keep their key, inline types are called by owner and path", () => {
    expect(text("references/messages.ts")).toContain("lines?: InvoiceLine[];");
    expect(text("names/messages.ts")).toContain("RecordMessage");
  });

  test("operation names: in camelCase, and words of the language end with an underscore", () => {
    for (const name of ["then_", "constructor_", "toString_"])
      expect(text("names/contract.ts")).toContain(`  ${name}: {`);
    // Two that are equal take their channels' names in front.
    for (const name of ["deleteSendIt", '"überStraßeSendIt"'])
      expect(text("names/contract.ts")).toContain(`  ${name}: {`);
  });

  test("service names: the file's, else its folder's, else the title's; what several files share is generated once", async () => {
    expect(text("references/messages.ts")).toContain('from "../shared/payments/messages.js"');
    expect(text("shared/payments/messages.ts")).toContain("interface Money");
    const document = readFileSync(join(specs, "failures.yaml"), "utf8");
    await using folder = await project({
      "seats.yaml": document,
      "shop/asyncapi.yaml": document,
      "api/api.yml": document,
    });
    const generate = (...paths: string[]) => sagaspec(folder.path, "generate", ...paths, "--json", "--no-handlers");
    const { out } = await generate("seats.yaml", "shop/asyncapi.yaml");
    expect(JSON.parse(out).services).toEqual(["seats", "shop"]);
    expect(JSON.parse((await generate("api/api.yml")).out).services).toEqual(["failures"]);
    await using twice = await project({ "a/seats.yaml": document, "b/seats.yaml": document });
    const refused = await sagaspec(twice.path, "generate", "*/seats.yaml");
    expect([refused.code, refused.notes]).toEqual([1, expect.stringContaining("duplicate-service")]);
  });
});
