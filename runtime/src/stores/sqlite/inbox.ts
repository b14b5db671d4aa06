import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import {
  type Claim,
  type Claimed,
  type Finish,
  type Finished,
  type Inbox,
  type InboxAdmin,
  workKey,
} from "../../messaging/inbox.js";
import { jsonText, type StoreCodec } from "../../saga/store/stored-json.js";
import { claimResult, type InboxRecord, RolledBack, readReply } from "../sql/inbox-record.js";
import { skipUnreadable } from "../sql/skip-unreadable.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupCommit } from "./group-commit.js";
import { synchronous } from "./synchronous.js";

interface Parts {
  readonly database: SqliteDatabase;
  readonly group: GroupCommit;
  readonly codec: StoreCodec;
  readonly clock: Clock;
}

/** The participant's inbox of an open, migrated file. Its writes share the commits of the file's saga store. */
export function createSqliteInbox({ database, group, codec, clock }: Parts): Inbox & InboxAdmin {
  const byMessage = database.prepare("select * from sagaspec_inbox where message_id = ?");
  const byKey = database.prepare("select * from sagaspec_inbox where operation = ? and key = ?");
  const byToken = database.prepare("select * from sagaspec_inbox where token = ?");
  const insert = database.prepare(
    `insert into sagaspec_inbox (message_id, operation, key, fingerprint, undoes, state, token, lease_until, updated_at,
       unsent) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  );
  const forget = database.prepare("delete from sagaspec_inbox where token = ?");
  const markUndone = database.prepare(
    "update sagaspec_inbox set state = 'undone', key = null, unsent = 0, updated_at = ? where message_id = ?",
  );
  const markDone = database.prepare(
    "update sagaspec_inbox set state = 'done', reply = ?, unsent = ?, updated_at = ? where token = ?",
  );
  const prolong = database.prepare("update sagaspec_inbox set lease_until = ? where token = ? and state = 'executing'");
  const unsentReplies = database.prepare(
    `select token, reply from sagaspec_inbox
     where unsent = 1 and updated_at <= ? and operation in (select value from json_each(?)) order by updated_at limit ?`,
  );
  const markSent = database.prepare("update sagaspec_inbox set unsent = 0 where token = ?");

  const forgetOld = database.prepare(
    `delete from sagaspec_inbox where token in (
       select token from sagaspec_inbox where updated_at < ? and (state <> 'executing' or lease_until < ?) order by updated_at limit ?
     )`,
  );

  const undo = (messageId: string, operation: string, now: number) => {
    if (Number(markUndone.run(now, messageId).changes) > 0) return;
    insert.run(messageId, operation, null, "", null, "undone", randomUUID(), 0, now);
  };

  const claimOne = (claim: Claim, leaseMs: number): Claimed => {
    const now = clock.now();
    const find = (messageId: string) => byMessage.get(messageId) as InboxRecord | undefined;
    const key = workKey(claim);
    const sameWork = key === null ? undefined : byKey.get(claim.operation, key);
    const row = find(claim.messageId) ?? (sameWork as InboxRecord | undefined);
    const command = claim.undoes === undefined ? undefined : find(claim.undoes);
    const verdict = claimResult(claim, row, command, now, codec);
    if (verdict) return verdict;
    if (row) forget.run(row.token);
    // A command that is not done can still be kept from ever being: from here on its row says so.
    if (claim.undoes !== undefined && command?.state !== "done") undo(claim.undoes, claim.operation, now);
    const token = randomUUID();
    const { messageId, operation, fingerprint, undoes = null } = claim;
    insert.run(messageId, operation, key, fingerprint, undoes, "executing", token, now + leaseMs, now);
    return { state: "claimed", token };
  };

  const finishOne = ({ token, reply }: Finish): Finished => {
    const row = byToken.get(token) as InboxRecord | undefined;
    if (row?.state === "undone") return "undone";
    if (row?.state !== "executing") return "lost";
    if (!reply) {
      forget.run(token);
      return "done";
    }
    const now = clock.now();
    markDone.run(codec.encode(jsonText(reply, `reply ${reply.name}`)), reply.name === "" ? 0 : 1, now, token);
    if (row.undoes !== null) undo(row.undoes, "", now);
    return "done";
  };

  /** One answer a job; data that cannot be stored rejects, once everything else is committed. */
  const all = async <T>(jobs: readonly (() => T)[]): Promise<T[]> => {
    const results = await group.run(jobs);
    return results.map((result) => {
      if (result instanceof Error) throw result;
      return result;
    });
  };

  return {
    claim: (batch, leaseMs) => all(batch.map((claim) => () => claimOne(claim, leaseMs))),

    async finish(batch, tx) {
      if (tx === undefined) return all(batch.map((finish) => () => finishOne(finish)));
      if (tx === database) return batch.map(finishOne);
      throw new SagaspecError(
        "invalid-usage",
        "SQLite inbox: the transaction is of another connection; begin it on the store's own `database`",
      );
    },

    async transact(token, work) {
      try {
        return await group.alone(() => {
          const reply = synchronous(work(database), "a handler's work");
          const verdict = finishOne({ token, reply });
          if (verdict !== "done") throw new RolledBack(verdict);
          return verdict;
        });
      } catch (error) {
        if (error instanceof RolledBack) return error.verdict;
        throw error;
      }
    },

    async renew(tokens, leaseMs) {
      const until = clock.now() + leaseMs;
      await all(tokens.map((token) => () => void prolong.run(until, token)));
    },

    async unsent(operations, olderThanMs, limit) {
      const found = unsentReplies.all(clock.now() - olderThanMs, JSON.stringify(operations), limit) as {
        token: string;
        reply: string;
      }[];
      return skipUnreadable(found, ({ token, reply }) => ({ token, reply: readReply(reply, codec) }));
    },

    async sent(tokens) {
      await all(tokens.map((token) => () => void markSent.run(token)));
    },

    purge: (unchangedSince, limit) =>
      group.one(() => Number(forgetOld.run(unchangedSince, unchangedSince, limit).changes)),

    async close() {},
  };
}
