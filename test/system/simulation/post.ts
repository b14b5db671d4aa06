// A service that answers nothing: it is sent what to print, and customers are heard of after it has.
import type { Client, Contract, Handlers, Schema, Send } from "@sagaspec/runtime/codegen";
import type { SimulatedHistory, SimulatedService } from "@sagaspec/runtime/testing";
import { type Book, news, type Trip, TripSchema } from "./services.js";

interface Regional {
  readonly region: string;
}

export interface Post extends Contract<Client<Post>, Handlers<Post>> {
  readonly print: Send<Trip, Regional, { readonly urgent: boolean }>;
  readonly tear: Send<Trip, Regional>;
}

const HeadersSchema: Schema<{ urgent: boolean }> = {
  type: "object",
  required: ["urgent"],
  properties: { urgent: { type: "boolean" } },
};
const address = { address: "post.{region}", parameters: { region: { default: "north" } } };

export const post: Post = {
  $contract: { service: "post", version: "1.0.0" },
  print: {
    kind: "send",
    id: "post.print",
    action: "receive",
    channel: address,
    message: { name: "print", payload: TripSchema, headers: HeadersSchema },
  },
  tear: {
    kind: "send",
    id: "post.tear",
    action: "receive",
    channel: address,
    message: { name: "tear", payload: TripSchema },
  },
};

/** Prints labels. What customers do about them is told some time later, sometimes sooner than anybody waits for it. */
export function postOf(book: Book, history: SimulatedHistory): SimulatedService {
  return {
    contract: post,
    handlers: {
      async print({ trip }: Trip, context: { readonly messageId: string }) {
        history.effect(context, () => {
          book.set(context.messageId, trip);
          for (const [index, told] of [news.paid, news.paid, news.rated].entries()) {
            const id = `${told.message.name} ${index} ${context.messageId}`;
            const mood = history.chance(id);
            void history.pause(Math.floor(mood * 8_000)).then(() => history.publish(told, { trip }, id));
          }
        });
      },
      async tear({ trip }: Trip, context: { readonly messageId: string }) {
        history.effect(context, () => {
          for (const [one, of] of book) if (of === trip) book.delete(one);
        });
      },
    },
  };
}
