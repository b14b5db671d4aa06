/** The brokers over which the services can talk, each in its own process. */
import type { Transport } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createKafkaTransport } from "@sagaspec/runtime/kafka";
import amqplib from "amqplib";
import kafkajs from "kafkajs";

export const brokers = {
  amqp: () => createAmqpTransport({ amqplib, url: process.env.AMQP_URL ?? "amqp://guest:guest@127.0.0.1:5672" }),
  kafka: () => createKafkaTransport({ kafkajs, brokers: (process.env.KAFKA_BROKERS ?? "127.0.0.1:9092").split(",") }),
} satisfies { readonly [name: string]: () => Transport };

export type BrokerName = keyof typeof brokers;

export const brokerNames = Object.keys(brokers) as readonly BrokerName[];
