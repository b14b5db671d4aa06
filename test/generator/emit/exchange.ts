import { setTimeout as pause } from "node:timers/promises";
import { createClient, serve, subscribe } from "@sagaspec/runtime";
import type { Contract, Message } from "@sagaspec/runtime/codegen";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { fake } from "@sagaspec/runtime/testing";
import { type Located, operationsOf } from "../../../runtime/src/wire/operations.js";

type AnyContract = Contract<unknown, object>;
type Method = (payload: unknown, options: object) => Promise<unknown>;

/** What became of one message. */
export interface Exchange {
  /** Name of the operation, with that of the message where it has several. */
  readonly operation: string;
  readonly sent: unknown;
  /** Every handler that got it, with what it got. */
  readonly received: readonly { readonly operation: string; readonly payload: unknown }[];
  /** What the handler answered, and what came back of it. */
  readonly answered?: unknown;
  readonly returned?: unknown;
}

/** Runs every operation of a contract once over the memory transport, with made-up data. */
export async function exchanges(contract: AnyContract): Promise<readonly Exchange[]> {
  const transport = createMemoryTransport();
  const located = operationsOf(contract);
  const addresses = Object.fromEntries(located.map(({ path }) => [path.join("."), `at-run-time.${path[0]}`]));
  const answers = new Map<string, unknown>();
  const received: { operation: string; payload: unknown }[] = [];
  const handlers = tree(located, (one) => (payload: unknown) => {
    received.push({ operation: name(one), payload });
    return answers.get(name(one));
  });
  const problems: unknown[] = [];
  const options = { addresses, parameters: parametersOf(located), onProblem: (one: unknown) => problems.push(one) };
  const isEvents = located.some(({ operation }) => operation.action === "send");
  const server = isEvents
    ? await subscribe(contract, handlers, transport, { ...options, group: "test" })
    : await serve(contract, handlers, transport, options);
  const client = createClient(contract, transport, { addresses, timeout: "2s" });

  const done: Exchange[] = [];
  for (const [seed, one] of located.entries()) {
    const { operation } = one;
    const sent = payloadOf(operation.message, seed + 1);
    const answer = answerOf(one, seed + 1);
    answers.set(name(one), answer);
    received.length = 0;
    const parameters = ownParameters(one);
    const headers = operation.message.headers && (fake(operation.message.headers, { seed: seed + 1 }) as object);
    const method = one.path.reduce<unknown>((group, key) => (group as Record<string, unknown>)[key], client) as Method;
    const returned = await method(sent, { parameters, ...(headers && { headers }) }).catch((error) => {
      throw new Error(`${operation.id} ${JSON.stringify(sent)?.slice(0, 300)}`, { cause: error });
    });
    for (let wait = 0; received.length === 0 && wait < 100; wait++) await pause(5);
    done.push({
      operation: name(one),
      sent,
      received: [...received],
      ...(operation.kind === "request" && { answered: answer, returned }),
    });
  }
  await server.close();
  await transport.close();
  if (problems.length > 0) throw new Error(`problems: ${JSON.stringify(problems).slice(0, 500)}`);
  return done;
}

const name = ({ path }: Located): string => path.join(".");

function payloadOf(message: Message<unknown, unknown>, seed: number): unknown {
  if (message.payload !== undefined) return fake(message.payload, { seed });
  if (message.contentType === undefined) return undefined;
  return message.contentType.startsWith("text/") ? `text ${seed}` : Buffer.from(`bytes ${seed}`);
}

function answerOf({ operation }: Located, seed: number): unknown {
  if (operation.kind !== "request") return undefined;
  const { success, names } = operation.reply;
  const at = seed % Math.max(success.length, 1);
  const message = success[at];
  const payload = message && payloadOf(message, seed);
  return success.length > 1 ? { name: names?.[at] ?? message?.name, payload } : payload;
}

function ownParameters({ operation }: Located): { readonly [name: string]: string } {
  const open = Object.entries(operation.channel.parameters ?? {}).filter(([, one]) => one.location === undefined);
  return Object.fromEntries(open.map(([key, one]) => [key, one.enum?.[0] ?? one.default ?? `${key}-1`]));
}

const parametersOf = (located: readonly Located[]): { readonly [name: string]: string } =>
  Object.assign({}, ...located.map(ownParameters));

function tree(located: readonly Located[], make: (one: Located) => unknown): object {
  const root: Record<string, unknown> = {};
  for (const one of located) {
    const [first = "", second] = one.path;
    if (second === undefined) root[first] = make(one);
    else root[first] = { ...(root[first] as object | undefined), [second]: make(one) };
  }
  return root;
}
