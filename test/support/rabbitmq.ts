/** Finds a RabbitMQ for a test file, with a vhost of its own, or starts a private one that may be killed. */
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const sbin = process.env.RABBITMQ_SBIN ?? "/usr/lib/rabbitmq/bin";

/** A broker for one test file. */
export interface Broker {
  /** With a vhost of this file's own where `rabbitmqctl` may make one. */
  readonly url: string;
  /** Unique: begin the names of queues and exchanges with it. */
  readonly prefix: string;
  release(): Promise<void>;
}

/**
 * The broker at `AMQP_URL`, else on loopback. Undefined, with a message, when nobody answers there;
 * with `REQUIRE_SERVICES=1` that is an error instead.
 * @example
 * const broker = await findBroker();
 * describe.skipIf(!broker)("...", () => { ... });
 */
export async function findBroker(): Promise<Broker | undefined> {
  const url = process.env.AMQP_URL ?? "amqp://guest:guest@127.0.0.1:5672";
  const { hostname, port } = new URL(url);
  if (!(await answers(hostname, Number(port || 5672)))) {
    return missing(`no RabbitMQ at ${hostname}:${port || 5672}; start one, or set AMQP_URL`);
  }
  const prefix = `t${randomUUID().slice(0, 8)}`;
  const vhost = `sagaspec-${prefix}`;
  const control = (script: string) => run("rabbitmqctl", ["eval", script], { timeout: 30_000 });
  const own = process.env.AMQP_URL === undefined && (await made(control(makeVhost(vhost, "guest"))));
  return {
    url: own ? `${url}/${vhost}` : url,
    prefix,
    async release() {
      if (own) await control(`rabbit_vhost:delete(<<"${vhost}">>, <<"test">>).`);
    },
  };
}

/** A RabbitMQ of its own, which tests stop and start as they like. */
export interface PrivateBroker {
  readonly url: string;
  readonly port: number;
  /** As the power does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Runs `rabbitmqctl`. */
  control(...args: string[]): Promise<string>;
  release(): Promise<void>;
}

/** Starts one on free ports, in a directory of its own. Undefined, with a message, where RabbitMQ is not installed. */
export async function startBroker(): Promise<PrivateBroker | undefined> {
  if (!(await made(run(join(sbin, "rabbitmqctl"), ["version"], { timeout: 30_000 })))) {
    return missing("RabbitMQ is not installed; put its scripts on the PATH, or set RABBITMQ_SBIN");
  }
  const home = await mkdtemp(join(tmpdir(), "sagaspec-rabbitmq-"));
  const [port, distribution] = [await freePort(), await freePort()];
  const node = `sagaspec-${port}@localhost`;
  const env = {
    ...process.env,
    HOME: home,
    RABBITMQ_NODENAME: node,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(home, "mnesia"),
    RABBITMQ_LOG_BASE: join(home, "log"),
    RABBITMQ_CONFIG_FILE: join(home, "none"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, "plugins"),
    RABBITMQ_PID_FILE: join(home, "pid"),
    // Makes the script become the server, so that its process id is the one to kill.
    RABBITMQ_ALLOW_INPUT: "true",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-noinput",
  };
  const control = async (...args: string[]) =>
    (await run(join(sbin, "rabbitmqctl"), ["-n", node, ...args], { env, timeout: 60_000 })).stdout;
  let server: ReturnType<typeof spawn> | undefined;

  async function start(): Promise<void> {
    server = spawn(join(sbin, "rabbitmq-server"), [], { env, stdio: "ignore" });
    for (let left = 240; !(await answers("127.0.0.1", port)); left--) {
      if (left === 0 || server.exitCode !== null) throw new Error(`RabbitMQ did not start; see ${home}/log`);
      await wait(250);
    }
    await control("await_startup");
  }

  async function kill(): Promise<void> {
    const ending = server;
    server = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill("SIGKILL");
    await ended;
  }

  // A test run that is broken off leaves no server behind.
  process.once("exit", () => server?.kill("SIGKILL"));
  await start();
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    port,
    kill,
    start,
    control,
    async release() {
      await kill();
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function makeVhost(vhost: string, user: string): string {
  return [
    `rabbit_vhost:add(<<"${vhost}">>, <<"test">>)`,
    `rabbit_auth_backend_internal:set_permissions(<<"${user}">>, <<"${vhost}">>, <<".*">>, <<".*">>, <<".*">>, <<"test">>).`,
  ].join(", ");
}

async function made(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function missing(why: string): undefined {
  if (process.env.REQUIRE_SERVICES === "1") throw new Error(why);
  console.warn(`skipped: ${why}`);
  return undefined;
}

/** Whether somebody accepts connections there. */
export async function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

/** A port that nobody listens on, now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
