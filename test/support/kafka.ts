/** Finds a Kafka for a test file, or starts a private one that may be killed. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import kafkajs from "kafkajs";
import { freePort } from "./rabbitmq.js";

const run = promisify(execFile);
const version = "4.4.0";

/** A broker that tests stop and start as they like. */
export interface KafkaBroker {
  /** `host:port` */
  readonly address: string;
  readonly port: number;
  /** As the power does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops answering, and goes on. */
  freeze(): void;
  thaw(): void;
  release(): Promise<void>;
}

/**
 * The brokers at `KAFKA_BROKERS`, else a private one. Undefined, with a message, where there is no Java or Maven to start
 * one with; with `REQUIRE_SERVICES=1` that is an error instead.
 */
export async function findKafka(): Promise<
  { readonly brokers: readonly string[]; release(): Promise<void> } | undefined
> {
  const named = process.env.KAFKA_BROKERS;
  if (named !== undefined) return { brokers: named.split(","), release: async () => undefined };
  const broker = await startKafka();
  return broker && { brokers: [broker.address], release: () => broker.release() };
}

/** Starts one on free ports, in a directory of its own. `settings` are added to its properties. */
export async function startKafka(settings: { readonly [name: string]: string } = {}): Promise<KafkaBroker | undefined> {
  const lib = await jars();
  if (lib === undefined) return undefined;
  const home = await mkdtemp(join(tmpdir(), "sagaspec-kafka-"));
  const [port, control] = [await freePort(), await freePort()];
  const properties = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${control}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${control}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "log.dirs": join(home, "log"),
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    ...settings,
  };
  const file = join(home, "server.properties");
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  await writeFile(file, `${lines.join("\n")}\n`);
  const java = (...args: string[]) => ["-Xmx512m", "-cp", join(lib, "*"), ...args];
  const { stdout } = await run("java", java("kafka.tools.StorageTool", "random-uuid"));
  const cluster = stdout.trim().split("\n").at(-1) ?? "";
  await run("java", java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", file));
  let broker: ReturnType<typeof spawn> | undefined;

  async function start(): Promise<void> {
    broker = spawn("java", java("kafka.Kafka", file), { stdio: "ignore" });
    await ready(`127.0.0.1:${port}`);
  }

  async function kill(): Promise<void> {
    const old = broker;
    broker = undefined;
    if (!old || old.exitCode !== null) return;
    const gone = new Promise((resolve) => old.once("exit", resolve));
    old.kill("SIGKILL");
    await gone;
  }

  await start();
  return {
    address: `127.0.0.1:${port}`,
    port,
    start,
    kill,
    freeze: () => void broker?.kill("SIGSTOP"),
    thaw: () => void broker?.kill("SIGCONT"),
    async release() {
      await kill();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Waits until groups can be joined: the port is open a second before. */
async function ready(address: string): Promise<void> {
  const client = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 2 } });
  for (let end = Date.now() + 120_000; ; ) {
    const admin = client.admin();
    try {
      await admin.connect();
      await admin.describeCluster();
      await admin.fetchOffsets({ groupId: "ready" });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(100);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

/** The broker's jars: those in `KAFKA_JARS`, or resolved once with Maven into the user's cache. */
async function jars(): Promise<string | undefined> {
  const lib = process.env.KAFKA_JARS ?? join(homedir(), ".cache/sagaspec", `kafka-${version}`);
  if (existsSync(lib)) return lib;
  const programs = await Promise.all(["java", "mvn"].map((name) => run(name, ["-version"]).catch(() => undefined)));
  if (programs.includes(undefined)) {
    const missing = "no Java and Maven to start a Kafka with; set KAFKA_BROKERS to one that runs";
    if (process.env.REQUIRE_SERVICES === "1") throw new Error(missing);
    console.warn(`skipped: ${missing}`);
    return undefined;
  }
  await mkdir(join(lib, ".."), { recursive: true });
  const made = await mkdtemp(`${lib}-`);
  const pom = join(import.meta.dirname, "kafka/pom.xml");
  await run("mvn", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${made}`], {
    timeout: 300_000,
  });
  // Another test file may have been faster.
  await rename(made, lib).catch(() => rm(made, { recursive: true, force: true }));
  return lib;
}
