import type { Contract, Message } from "../../../../generator/src/contract/contract.js";
import { contractOf } from "../../diff/contract-of.js";

const script = "<script>window.pwned = 1</script>";
const image = '<img src=x onerror="window.pwned = 2">';
const breakout = `"><svg onload=window.pwned=3></svg></title></script>${script}`;
const markdown = `${script}\n\n${image}\n\n[click](javascript:window.pwned=4) ![x](javascript:window.pwned=5) <a href="javascript:window.pwned=6">click</a>\n\n\`\`\`json\n${script}\n\`\`\``;

/** A document whose author means harm, in every place that takes words. */
export function hostileContract(): Contract {
  const message: Partial<Message> = {
    name: breakout,
    title: breakout,
    summary: markdown,
    description: markdown,
    contentType: breakout,
    correlationId: breakout,
    payload: { $ref: "Evil" },
    headers: { type: "object", properties: { [breakout]: { type: "string", description: markdown } } },
    tags: [{ name: breakout, description: breakout }],
    examples: [
      {
        origin: { file: breakout, pointer: breakout },
        name: breakout,
        summary: markdown,
        payload: { [breakout]: script },
      },
    ],
    bindings: { [breakout]: { key: script } },
    extensions: { "x-evil": script },
  };
  const contract = contractOf({
    operations: [
      {
        name: "attack",
        action: "receive",
        title: breakout,
        summary: markdown,
        description: markdown,
        messages: [{ key: breakout, member: "attack" }],
        reply: { address: breakout, success: [breakout], failure: [] },
        idempotencyKey: breakout,
        tags: [{ name: breakout }],
        security: [{ name: breakout, type: breakout, description: markdown, details: {} }],
      },
    ],
    messages: { [breakout]: message },
    types: {
      Evil: {
        type: "object",
        title: breakout,
        description: markdown,
        properties: {
          [breakout]: {
            type: "string",
            enum: [script],
            default: breakout,
            pattern: script,
            format: breakout,
            examples: [image],
          },
          "' onmouseover='window.pwned=7": { type: "string" },
        },
      },
    },
    channel: { address: breakout, title: breakout, description: markdown },
    contract: {
      title: breakout,
      version: breakout,
      description: markdown,
      info: {
        tags: [{ name: breakout, description: breakout }],
        owner: breakout,
        license: breakout,
        contact: { name: breakout, url: "javascript:window.pwned=8" },
        externalDocs: { url: "javascript:window.pwned=9", description: breakout },
      },
    },
  });
  return contract;
}
