// The two modules of Modelina that are used, and the part of them that is. Its index would load every generator it has.
declare module "@asyncapi/modelina/lib/cjs/generators/typescript/renderers/InterfaceRenderer.js" {
  import type {
    ConstrainedObjectModel,
    ConstrainedObjectPropertyModel,
  } from "@asyncapi/modelina/lib/cjs/models/ConstrainedMetaModel.js";

  export interface InterfacePreset {
    self?(hook: { renderer: InterfaceRenderer }): Promise<string>;
    property?(hook: { property: ConstrainedObjectPropertyModel }): string;
  }

  export class InterfaceRenderer {
    constructor(
      options: { indentation: { type: "spaces"; size: number } },
      generator: undefined,
      presets: readonly (readonly [InterfacePreset, undefined])[],
      model: ConstrainedObjectModel,
      input: undefined,
      dependencies: undefined,
    );
    runSelfPreset(): Promise<string>;
    defaultSelf(): Promise<string>;
  }
}

declare module "@asyncapi/modelina/lib/cjs/models/ConstrainedMetaModel.js" {
  class ConstrainedMetaModel {
    constructor(name: string, originalInput: unknown, options: object, type: string);
    name: string;
    type: string;
    originalInput: unknown;
  }

  export class ConstrainedAnyModel extends ConstrainedMetaModel {}

  export class ConstrainedObjectPropertyModel {
    constructor(name: string, unconstrainedName: string, required: boolean, property: ConstrainedMetaModel);
    propertyName: string;
    required: boolean;
    property: ConstrainedMetaModel;
  }

  export class ConstrainedObjectModel extends ConstrainedMetaModel {
    constructor(
      name: string,
      originalInput: unknown,
      options: object,
      type: string,
      properties: { [key: string]: ConstrainedObjectPropertyModel },
    );
  }
}
