/**
 * The door to Modelina, which renders interfaces. It does not interpret: names, types and comments are ours and stand in
 * its models as they are, because its own reading of JSON Schema loses const, enum, null and open objects.
 */
import { InterfaceRenderer } from "@asyncapi/modelina/lib/cjs/generators/typescript/renderers/InterfaceRenderer.js";
import {
  ConstrainedAnyModel,
  ConstrainedObjectModel,
  ConstrainedObjectPropertyModel,
} from "@asyncapi/modelina/lib/cjs/models/ConstrainedMetaModel.js";
import { type Doc, print } from "./print/layout.js";

/** A member of an interface. */
export interface Member {
  /** As it stands in the code: quoted where it must be, `[key: string]` for an index signature. */
  readonly name: string;
  readonly required: boolean;
  readonly type: Doc;
  /** A whole comment, or nothing. */
  readonly comment: string;
}

const width = 118;

/** `interface Name { ... }`, with the members in the given order. */
export async function renderInterface(name: string, members: readonly Member[]): Promise<string> {
  const properties = members.map((member, index) => {
    const model = new ConstrainedAnyModel(member.name, member, {}, "");
    // Keyed by position: Modelina takes the values only, and a name like `1` or `__proto__` would change their order.
    return [
      `member${index}`,
      new ConstrainedObjectPropertyModel(member.name, member.name, member.required, model),
    ] as const;
  });
  const model = new ConstrainedObjectModel(name, undefined, {}, name, Object.fromEntries(properties));
  const options = { indentation: { type: "spaces" as const, size: 2 } };
  return new InterfaceRenderer(options, undefined, [[preset, undefined]], model, undefined, undefined).runSelfPreset();
}

const preset = {
  self: ({ renderer }: { renderer: InterfaceRenderer }) => renderer.defaultSelf(),
  property: ({ property }: { property: ConstrainedObjectPropertyModel }) => {
    const member = property.property.originalInput as Member;
    const optional = property.required ? "" : "?";
    return `${member.comment}${print([property.propertyName, optional, ": ", member.type, ";"], width)}`;
  },
};
