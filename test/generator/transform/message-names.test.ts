import { describe, expect, test } from "vitest";
import { contractOf, head, readFiles } from "../../support/contracts/read-files.js";

const names = async (root: string, files: Readonly<Record<string, string>> = {}): Promise<string[]> =>
  contractOf(await readFiles({ "document.yaml": root, ...files })).messages.map((message) => message.name);

const liked = "payload: { type: object, properties: { by: { type: string } } }";

describe("a message without a name goes over the wire under its key", () => {
  const operation = 'operations: { onPost: { action: receive, channel: { $ref: "#/channels/posts" } } }\n';

  test("in the channel, where it is a file of its own", async () => {
    const text = `${head}channels: { posts: { address: posts, messages: { liked: { $ref: ./parts/message.yaml } } } }\n${operation}`;
    expect(await names(text, { "parts/message.yaml": liked })).toEqual(["liked"]);
  });

  test("in the components, where the channel's own key differs", async () => {
    const text = `${head}channels: { posts: { address: posts, messages: { other: { $ref: "#/components/messages/liked" } } } }
components: { messages: { liked: { $ref: ./message.yaml } } }\n${operation}`;
    expect(await names(text, { "message.yaml": liked })).toEqual(["liked"]);
  });

  test("in the channel, where the operation lists it", async () => {
    const text = `${head}channels: { posts: { address: posts, messages: { liked: { $ref: ./message.yaml } } } }
operations:
  onPost: { action: receive, channel: { $ref: "#/channels/posts" }, messages: [{ $ref: "#/channels/posts/messages/liked" }] }\n`;
    expect(await names(text, { "message.yaml": liked })).toEqual(["liked"]);
  });

  test("in the list of another file", async () => {
    const text = `${head}channels: { posts: { address: posts, messages: { other: { $ref: "./messages.yaml#/liked" } } } }\n${operation}`;
    expect(await names(text, { "messages.yaml": `liked: { ${liked} }` })).toEqual(["liked"]);
  });

  test("but never under its number in a list, or a key that a converter made up", async () => {
    const listed = `asyncapi: 2.6.0
info: { title: T, version: 1.0.0 }
channels:
  posts: { publish: { operationId: like, message: { ${liked} }, x-reply: { messages: [{ payload: { type: string } }] } } }\n`;
    expect(await names(listed)).toEqual(["like", "like reply"]);
    const invented = `${head}channels: { posts: { address: posts, messages: { publish.message.0: { $ref: ./message.yaml } } } }\n${operation}`;
    expect(await names(invented, { "message.yaml": liked })).toEqual(["onPost"]);
  });

  test("and a name wins over every key", async () => {
    const text = `${head}channels: { posts: { address: posts, messages: { liked: { $ref: ./message.yaml } } } }\n${operation}`;
    expect(await names(text, { "message.yaml": `name: posts.liked.v1\n${liked}` })).toEqual(["posts.liked.v1"]);
  });
});
