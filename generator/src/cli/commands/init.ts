import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { configNames } from "../../config/load-config.js";
import { writeAtomically } from "../../pipeline/output.js";
import { folderName } from "../../transform/names.js";
import { type Command, flag, UsageError } from "../command.js";
import { findDocuments } from "../find-documents.js";

export const command: Command = {
  usage: "",
  options: {
    example: { type: "boolean", about: "a small project that runs: contracts, handlers, a saga, a program, a test" },
  },

  async run(given, terminal) {
    if (given.positionals.length > 0) throw new UsageError("init takes no arguments: it looks for documents by itself");
    if (flag(given, "example")) {
      const { writeExample } = await import("../example-project.js");
      for (const file of await writeExample(terminal.cwd)) terminal.out(`wrote ${file}`);
      terminal.out("");
      terminal.out("Then: npm install && npm start, and npm test");
      return 0;
    }
    const config = configNames.find((name) => existsSync(join(terminal.cwd, name)));
    const found = await findDocuments(terminal.cwd);
    if (found.length === 0) terminal.out(`wrote ${await firstDocument(terminal.cwd)}`);
    const documents = found.length > 0 ? found : ["specs/*.yaml"];
    if (config !== undefined) terminal.out(`kept ${config}`);
    else {
      await writeAtomically(join(terminal.cwd, "sagaspec.config.ts"), configText(documents));
      terminal.out(`wrote sagaspec.config.ts for ${documents.join(", ")}`);
    }
    terminal.out("");
    terminal.out('Add to the scripts of package.json: "generate": "sagaspec generate"');
    terminal.out(
      "Then: npm install --save-dev @sagaspec/cli && npm install @sagaspec/runtime && npx sagaspec generate",
    );
    return 0;
  },
};

async function firstDocument(cwd: string): Promise<string> {
  const service = folderName(basename(cwd)) || "greeter";
  const path = `specs/${service}.yaml`;
  await writeAtomically(join(cwd, path), documentText(service));
  return path;
}

function configText(documents: readonly string[]): string {
  return `import { defineConfig } from "@sagaspec/cli";

export default defineConfig({
  documents: [${documents.map((path) => JSON.stringify(path)).join(", ")}],
});
`;
}

function documentText(service: string): string {
  return `asyncapi: 3.0.0
info:
  title: ${service}
  version: 0.1.0
  description: Greets whoever asks for it.

channels:
  commands:
    address: ${service}.commands
    messages:
      greet:
        payload:
          type: object
          required: [name]
          properties:
            name: { type: string, minLength: 1, description: Who is greeted. }
        examples:
          - payload: { name: Ada }
  replies:
    address: null
    messages:
      greeted:
        payload:
          type: object
          required: [text]
          properties:
            text: { type: string }
      refused:
        summary: Nobody of that name is greeted here.
        x-failure: true
        payload:
          type: object
          required: [reason]
          properties:
            reason: { type: string }

operations:
  greet:
    action: receive
    summary: Greets somebody.
    channel: { $ref: "#/channels/commands" }
    messages: [{ $ref: "#/channels/commands/messages/greet" }]
    reply:
      address: { location: $message.header#/replyTo }
      channel: { $ref: "#/channels/replies" }
      messages:
        - { $ref: "#/channels/replies/messages/greeted" }
        - { $ref: "#/channels/replies/messages/refused" }
    x-timeout: 5s
`;
}
