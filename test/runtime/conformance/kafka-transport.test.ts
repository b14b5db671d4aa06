import { createKafkaTransport } from "@sagaspec/runtime/kafka";
import kafkajs from "kafkajs";
import { afterAll, describe } from "vitest";
import { findKafka } from "../../support/kafka.js";
import { transportConformance } from "./transport.js";

const kafka = await findKafka();
afterAll(() => kafka?.release());

describe.skipIf(!kafka)("Kafka", () => {
  const brokers = kafka?.brokers ?? [];
  transportConformance("kafka", async () => ({
    transport: createKafkaTransport({ kafkajs, brokers, onProblem() {} }),
    async deadReasons(source) {
      if ("repliesOf" in source) return [];
      const topic = `${source.group}.${source.address}.dead`;
      const consumer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: 0 }).consumer({
        groupId: `reads-${topic}`,
      });
      const reasons: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const first = new Promise<void>((resolve) => {
        void consumer.run({
          eachMessage: async ({ message }) => {
            reasons.push(String(message.headers?.["x-death-reason"]));
            resolve();
          },
        });
      });
      await first;
      await consumer.disconnect();
      return reasons;
    },
  }));
});
