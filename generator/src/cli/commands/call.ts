import { connect } from "../../operate/project-modules.js";
import { type Command, flag, textOption, UsageError } from "../command.js";
import { loadSettings, projectOptions } from "../project.js";
import { readData } from "../read-data.js";

type Method = (payload: unknown, options: object) => Promise<unknown>;

/** `sagaspec call greeter.greet`: one message to a service, held to its contract, and its answer. */
export const command: Command = {
  usage: "SERVICE.OPERATION [documents or globs...]",
  options: {
    data: { type: "string", short: "d", about: "the payload: JSON, a file of JSON, or - for standard input" },
    parameter: { type: "string", short: "p", multiple: true, about: "parameter of the address: name=value" },
    timeout: { type: "string", about: "how long to wait for the answer, e.g. 5s (default: as the contract says)" },
    url: { type: "string", about: "the broker (default: AMQP_URL, else amqp://localhost)" },
    json: { type: "boolean", about: "failures as JSON on standard output, too" },
    ...projectOptions,
  },

  async run(given, terminal) {
    const [id, ...positionals] = given.positionals;
    if (id === undefined || !id.includes("."))
      throw new UsageError("call which operation? sagaspec call greeter.greet");
    const data = textOption(given, "data");
    const payload = data === undefined ? undefined : await readData(data, terminal.cwd);
    const settings = await loadSettings({ ...given, positionals }, terminal);
    const { liveOperations } = await import("../../operate/live-contract.js");
    const operations = await liveOperations(id.slice(0, id.indexOf(".")), settings);
    const operation = operations.find((one) => one.id === id);
    if (!operation) throw new UsageError(`there is no ${id}; there are ${operations.map((one) => one.id).join(", ")}`);

    const url = textOption(given, "url") ?? terminal.env.AMQP_URL;
    const { runtime, transport } = await connect(settings.root, url, terminal.note);
    try {
      const client: unknown = runtime.createClient(operation.contract, transport);
      const method = operation.path.reduce((member, name) => (member as Record<string, unknown>)[name], client);
      const timeout = textOption(given, "timeout");
      const parameters = parametersOf(given.values.parameter);
      const answer = await (method as Method)(payload, {
        ...(timeout !== undefined && { timeout }),
        ...(parameters && { parameters }),
        signal: terminal.signal,
      });
      if (operation.kind === "request") terminal.out(JSON.stringify(answer ?? null, null, 2));
      else terminal.note("sent");
      return 0;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      const { name, payload: refusal } = error as { name: string; payload?: unknown };
      if (flag(given, "json")) {
        terminal.out(JSON.stringify({ code: error.code, name, message: error.message, payload: refusal }, null, 2));
      } else
        terminal.note(refusal === undefined ? error.message : `${error.message}\n${JSON.stringify(refusal, null, 2)}`);
      return 1;
    } finally {
      await transport.close();
    }
  },
};

function parametersOf(given: unknown): { readonly [name: string]: string } | undefined {
  if (!Array.isArray(given)) return undefined;
  return Object.fromEntries(
    given.map((one) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(String(one)) ?? [];
      if (name === undefined || value === undefined) throw new UsageError(`--parameter takes name=value, not ${one}`);
      return [name, value];
    }),
  );
}
