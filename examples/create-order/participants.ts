/** The three services that the saga asks. */
import { type Server, serve, type Transport } from "@sagaspec/runtime";
import { accounting } from "../../generated/accounting/index.js";
import { consumer } from "../../generated/consumer/index.js";
import { restaurant } from "../../generated/restaurant/index.js";
import { handlers as accountingHandlers } from "./handlers/accounting.js";
import { handlers as consumerHandlers } from "./handlers/consumer.js";
import { handlers as restaurantHandlers } from "./handlers/restaurant.js";

export const participants: Readonly<Record<string, (transport: Transport) => Promise<Server>>> = {
  consumer: (transport) => serve(consumer, consumerHandlers, transport),
  restaurant: (transport) => serve(restaurant, restaurantHandlers, transport),
  accounting: (transport) => serve(accounting, accountingHandlers, transport),
};
