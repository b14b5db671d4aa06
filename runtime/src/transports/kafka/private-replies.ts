/** Replies for one client: a partition of a topic that its service's clients share, read from the moment it subscribes. */
import { randomUUID } from "node:crypto";
import { valueWithin } from "../../core/timing.js";
import type { Incoming, Subscription } from "../../messaging/transport.js";
import type { KafkaContext } from "./context.js";
import type { KafkaAssigner, KafkaBatch, KafkaDriver } from "./driver.js";
import { createGroupMember } from "./group-member.js";
import { names, readMessage, replyToken } from "./message.js";
import type { Topics } from "./topics.js";
import { privateReplies } from "./topology.js";

/** @throws SagaspecError `transport-unavailable`, `topology-mismatch` */
export async function createPrivateReplies(
  context: KafkaContext,
  topics: Topics,
  service: string,
  on: (batch: readonly Incoming[]) => void,
): Promise<Subscription> {
  const { name, ...made } = privateReplies(service);
  await topics.ensure({ name, ...made });
  const client = randomUUID();
  const partition = Math.floor(Math.random() * (await topics.partitionsOf(name)));
  let position = Number((await topics.ends(name)).get(partition) ?? 0);
  let since = 0;
  let isStopping = false;

  async function eachBatch({ batch, resolveOffset }: KafkaBatch): Promise<void> {
    member.heard();
    const records = batch.messages.filter(({ offset }) => Number(offset) >= position);
    position = Number(batch.lastOffset()) + 1;
    resolveOffset(batch.lastOffset());
    const mine = records.filter((record) => isFor(client, record.headers?.[names.replyFor]));
    if (mine.length === 0 || isStopping) return;
    on(mine.map((record) => readMessage(record, { topic: name, partition }, 0, () => undefined)));
  }

  const member = createGroupMember(context, {
    groupId: `${name}.${client}`,
    topics: async () => [name],
    assigner: onePartition(context.driver, name, partition),
    eachBatch,
    begun: (consumer) => consumer.seek({ topic: name, partition, offset: String(position) }),
    joined() {
      since = Date.now();
    },
    lost: () => undefined,
  });
  await member.start();
  return {
    address: replyToken(name, partition, client),
    connected: () => member.connected(),
    // Replies are handed on at once, and need no room.
    idleSince: () => (member.connected() ? since : undefined),
    async stop() {
      if (isStopping) return;
      isStopping = true;
      await member.stop();
      await valueWithin(topics.forgetGroup(`${name}.${client}`), context.requestTimeoutMs);
    },
  };
}

/** A peer that knows no such header answers the whole partition; a client knows its own requests. */
function isFor(client: string, header: unknown): boolean {
  return header === undefined || String(header) === client;
}

/** Gives the only member of a group the partition that its requests name. */
function onePartition({ AssignerProtocol }: KafkaDriver, topic: string, partition: number): KafkaAssigner {
  const name = "SagaspecOnePartition";
  const userData = Buffer.alloc(0);
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  return () => ({
    name,
    version: 0,
    protocol: ({ topics }: { topics: string[] }) => ({
      name,
      metadata: MemberMetadata.encode({ version: 0, topics, userData }),
    }),
    assign: async ({ members }: { members: { memberId: string }[] }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: 0, assignment: { [topic]: [partition] }, userData }),
      })),
  });
}
