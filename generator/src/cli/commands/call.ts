import type { LiveOperation } from "../../operate/live-contract.js";
import { printJson } from "../../operate/lossless-json.js";
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
    parameter: { type: "string", short: "p", multiple: true, about: "parameter of the address, e.g. -p region=eu" },
    address: { type: "string", about: "the address, where the document leaves it open (address: null)" },
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

    const parameters = parametersOf(given.values.parameter);
    const address = textOption(given, "address");
    checkAddress(operation, parameters, address);
    const url = textOption(given, "url") ?? terminal.env.AMQP_URL;
    const { runtime, transport } = await connect(settings.root, url, terminal.note);
    try {
      const client: unknown = runtime.createClient(operation.contract, transport);
      const method = operation.path.reduce((member, name) => (member as Record<string, unknown>)[name], client);
      const timeout = textOption(given, "timeout");
      const answer = await (method as Method)(payload, {
        ...(timeout !== undefined && { timeout }),
        ...(parameters && { parameters }),
        ...(address !== undefined && { address }),
        signal: terminal.signal,
      });
      if (operation.kind === "request") terminal.out(printJson(answer ?? null));
      else terminal.note("sent");
      return 0;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      const failure = refusalOf(error);
      if (flag(given, "json")) terminal.out(printJson({ code: error.code, ...failure }));
      else
        terminal.note(
          failure.payload === undefined ? failure.message : `${failure.message}\n${printJson(failure.payload)}`,
        );
      return 1;
    } finally {
      await transport.close();
    }
  },
};

interface Refusal {
  /** Of the failure that the contract declares. */
  readonly name?: string;
  readonly message: string;
  readonly payload?: unknown;
}

function refusalOf(error: Error): Refusal {
  const { failure } = error as { failure?: { name: string; payload: unknown } };
  if (failure === undefined) return { message: error.message };
  return { ...failure, message: error.message.replace(/; see error\.failure\.payload$/, "") };
}

/** @throws {UsageError} for a place that is not said in full, with what to write */
function checkAddress(
  { id, channel }: LiveOperation,
  given: Parameters | undefined,
  address: string | undefined,
): void {
  if (channel.address === null) {
    if (address === undefined) throw new UsageError(`the document leaves the address of ${id} open; give --address`);
    return;
  }
  if (address !== undefined)
    throw new UsageError(`the address of ${id} is ${channel.address}: --address cannot change it`);
  const holes = Array.from(channel.address.matchAll(/\{([^{}]+)\}/g), ([, name = ""]) => name);
  const unknown = Object.keys(given ?? {}).find((name) => !holes.includes(name));
  if (unknown !== undefined) {
    const known = holes.length > 0 ? `its parameters are ${holes.join(", ")}` : "it has no parameters";
    throw new UsageError(`the address ${channel.address} has no parameter ${unknown}; ${known}`);
  }
  for (const name of holes) {
    const { enum: choice, default: otherwise, location } = channel.parameters?.[name] ?? {};
    const value = given?.[name];
    const known = choice ? `; one of ${choice.join(", ")}` : "";
    if (value === undefined && otherwise === undefined && location === undefined) {
      throw new UsageError(`the address ${channel.address} needs -p ${name}=${choice?.[0] ?? "..."}${known}`);
    }
    if (value !== undefined && choice && !choice.includes(value)) throw new UsageError(`-p ${name}=${value}${known}`);
  }
}

type Parameters = { readonly [name: string]: string };

function parametersOf(given: unknown): Parameters | undefined {
  if (!Array.isArray(given)) return undefined;
  return Object.fromEntries(
    given.map((one) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(String(one)) ?? [];
      if (name === undefined || value === undefined) throw new UsageError(`--parameter takes name=value, not ${one}`);
      return [name, value];
    }),
  );
}
