/** A process of its own: the services that the sagas ask, and the half that answers what is asked by hand. */
import { once } from "node:events";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { answerByHand } from "../amqp.js";
import { serveShop } from "./subject.js";

const [url = "", queue = ""] = process.argv.slice(2);
const transport = createAmqpTransport({ amqplib, url });
const shop = await serveShop(transport);
const byHand = await answerByHand(url, queue);
process.send?.("ready");
await once(process, "disconnect");
await shop.close();
await Promise.all([transport.close(), byHand.close()]);
