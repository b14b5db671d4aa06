import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, describe } from "vitest";
import { findBroker } from "../../support/rabbitmq.js";
import { createTcpProxy, type TcpProxy } from "../../support/tcp-proxy.js";
import { transportConformance } from "./transport.js";

const broker = await findBroker();
const proxies: TcpProxy[] = [];
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await broker?.release();
});

describe.skipIf(!broker)("RabbitMQ", () => {
  transportConformance("amqp", async () => {
    const url = broker?.url ?? "";
    const proxy = await createTcpProxy(new URL(url));
    proxies.push(proxy);
    return {
      transport: createAmqpTransport({ amqplib, url: proxy.url, onProblem() {} }),
      interrupt: () => proxy.cut(),
      async deadReasons(source) {
        if (!("address" in source)) return [];
        const connection = await amqplib.connect(url);
        const channel = await connection.createChannel();
        const reasons: string[] = [];
        for (let dead = await channel.get(`${source.address}.dead`, { noAck: true }); dead; ) {
          reasons.push(String(dead.properties.headers?.["x-death-reason"]));
          dead = await channel.get(`${source.address}.dead`, { noAck: true });
        }
        await connection.close();
        return reasons;
      },
    };
  });
});
