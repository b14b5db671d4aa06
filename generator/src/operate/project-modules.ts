import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../cli/command.js";

/** What the commands need of `@sagaspec/runtime`. Opaque on the way from one function of it to the next. */
export interface Runtime {
  createClient(contract: object, transport: Transport): { readonly [name: string]: unknown };
  subscribe(contract: object, handlers: object, transport: Transport, options: object): Promise<Closable>;
}

export interface Closable {
  close(): Promise<void>;
}

export interface Transport extends Closable {
  readonly traits: object;
}

/**
 * A package of the user's project: the command brings no runtime and no driver of its own.
 * @throws {UsageError} when the project has none
 */
export async function fromProject<M>(specifier: string, root: string): Promise<M> {
  let path: string;
  try {
    path = createRequire(join(root, "package.json")).resolve(specifier);
  } catch {
    const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
    throw new UsageError(`${specifier} is not installed in ${root}; npm install ${name}`);
  }
  return (await import(pathToFileURL(path).href)) as M;
}

/** A connection to the broker at `url`, by the project's own runtime and amqplib. */
export async function connect(
  root: string,
  url: string | undefined,
  warn: (text: string) => void,
): Promise<{ readonly runtime: Runtime; readonly transport: Transport }> {
  const runtime = await fromProject<Runtime>("@sagaspec/runtime", root);
  const { createAmqpTransport } = await fromProject<{ createAmqpTransport(options: object): Transport }>(
    "@sagaspec/runtime/amqp",
    root,
  );
  const amqp = await fromProject<{ default?: object }>("amqplib", root);
  const options = { ...(url !== undefined && { url }), onProblem: ({ reason }: { reason: string }) => warn(reason) };
  return { runtime, transport: createAmqpTransport({ ...options, amqplib: amqp.default ?? amqp }) };
}
