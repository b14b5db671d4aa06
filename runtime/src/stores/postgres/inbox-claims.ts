import { randomUUID } from "node:crypto";
import { bisect } from "../../core/bisect.js";
import { type Claim, type Claimed, workKey } from "../../messaging/inbox.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { claimResult, type InboxRecord } from "../sql/inbox-record.js";
import { nowMs } from "./clock.js";
import { columnArrays } from "./columns.js";
import type { Database } from "./database.js";
import { isDataError, type PostgresQueryable } from "./driver.js";

interface Bid {
  readonly claim: Claim;
  readonly token: string;
}

/** Another process inserted the row that was about to be inserted: the transaction is tried again, like any in the way. */
class Overtaken extends Error {
  readonly code = "40001";
}

/**
 * Who may execute a command. New commands, and undos of what is not being executed, are the normal case: one statement
 * for the whole batch; so are duplicates of what has ended. A claim that meets more than that is judged on its own, on
 * rows that are locked.
 */
export class InboxClaims {
  readonly #database: Database;
  readonly #codec: StoreCodec;

  constructor(database: Database, codec: StoreCodec) {
    this.#database = database;
    this.#codec = codec;
  }

  async take(batch: readonly Claim[], leaseMs: number): Promise<Claimed[]> {
    const bids = batch.map((claim) => ({ claim, token: randomUUID() }));
    const verdicts = await bisect(bids, (some) => this.#take(some, leaseMs), isDataError);
    return verdicts.map((verdict) =>
      verdict instanceof Error
        ? { state: "refused", reason: `its id or key cannot be stored in PostgreSQL: ${verdict.message}` }
        : verdict,
    );
  }

  /**
   * Prolongs the leases of what is being executed under these tokens, and answers which that is. Rows are locked in one
   * order, or two processes would wait for each other.
   */
  async renew(tokens: readonly string[], leaseMs: number): Promise<readonly string[]> {
    if (tokens.length === 0) return [];
    const { schema } = this.#database;
    const rows = await this.#database.rows<{ token: string }>({
      text: `
        with held as materialized (
          select message_id from ${schema}.inbox where token = any($1::text[]) and state = 'executing'
          order by message_id for update
        )
        update ${schema}.inbox i set lease_until = ${nowMs} + $2::bigint from held h
        where i.message_id = h.message_id returning i.token`,
      values: [tokens, leaseMs],
    });
    return rows.map(({ token }) => token);
  }

  async #take(bids: readonly Bid[], leaseMs: number): Promise<Claimed[]> {
    const commands = bids.filter(({ claim }) => claim.undoes === undefined);
    const undos = bids.filter(({ claim }) => claim.undoes !== undefined);
    const taken = await this.#insert(this.#database, commands, leaseMs);
    for (const token of await this.#insertUndos(undos, leaseMs)) taken.add(token);
    const isOpen = ({ token }: Bid) => !taken.has(token);
    // Inserted by an earlier try, whose answer was lost.
    for (const token of await this.renew(bids.filter(isOpen).map(tokenOf), leaseMs)) taken.add(token);
    const ended = await this.#ended(bids.filter(isOpen));
    const verdicts: Claimed[] = [];
    for (const { claim, token } of bids) {
      const judged = () => this.#database.transaction((client) => this.#judge(client, claim, token, leaseMs));
      verdicts.push(taken.has(token) ? { state: "claimed", token } : (ended.get(token) ?? (await judged())));
    }
    return verdicts;
  }

  /** Verdicts, by token, on messages that have come before and have ended: no lock is needed to say so. */
  async #ended(bids: readonly Bid[]): Promise<ReadonlyMap<string, Claimed>> {
    const verdicts = new Map<string, Claimed>();
    if (bids.length === 0) return verdicts;
    const rows = await this.#database.rows<InboxRecord>({
      text: `select * from ${this.#database.schema}.inbox where message_id = any($1::text[]) and state <> 'executing'`,
      values: [bids.map(({ claim }) => claim.messageId)],
    });
    const byMessage = new Map(rows.map((row) => [row.message_id, row]));
    for (const { claim, token } of bids) {
      const row = byMessage.get(claim.messageId);
      const verdict = row && claimResult(claim, row, undefined, 0, this.#codec);
      if (verdict) verdicts.set(token, verdict);
    }
    return verdicts;
  }

  async #judge(client: PostgresQueryable, claim: Claim, token: string, leaseMs: number): Promise<Claimed> {
    const { schema } = this.#database;
    const { messageId, operation, undoes = null } = claim;
    const key = workKey(claim);
    const { rows } = await client.query({
      text: `
        select *, ${nowMs} as now from ${schema}.inbox
        where message_id = $1 or message_id = $2 or (operation = $3 and key = $4) order by message_id for update`,
      values: [messageId, undoes, operation, key],
    });
    const found = rows as (InboxRecord & { now: number | string })[];
    const byMessage = (id: string | null) => found.find((record) => record.message_id === id);
    const sameWork = found.find((record) => key !== null && record.key === key && record.operation === operation);
    const row = byMessage(messageId) ?? sameWork;
    const command = undoes === null ? undefined : byMessage(undoes);
    const verdict = claimResult(claim, row, command, Number(found[0]?.now ?? 0), this.#codec);
    if (verdict) return verdict;
    if (row) await client.query({ text: `delete from ${schema}.inbox where token = $1`, values: [row.token] });
    // A command that is not done can still be kept from ever being: from here on its row says so.
    if (undoes !== null && command?.state !== "done") await this.#undo(client, claim, command);
    const taken = await this.#insert(client, [{ claim, token }], leaseMs);
    if (!taken.has(token)) throw new Overtaken();
    return { state: "claimed", token };
  }

  async #undo(
    client: PostgresQueryable,
    { undoes, operation }: Claim,
    command: InboxRecord | undefined,
  ): Promise<void> {
    const { schema } = this.#database;
    const { rows } = command
      ? await client.query({
          text: `update ${schema}.inbox set state = 'undone', key = null, unsent = false, updated_at = ${nowMs}
                 where message_id = $1 returning 1`,
          values: [undoes],
        })
      : await client.query({
          text: `insert into ${schema}.inbox
                   (message_id, operation, fingerprint, state, token, lease_until, updated_at, unsent)
                 values ($1, $2, '', 'undone', $3, 0, ${nowMs}, false) on conflict do nothing returning 1`,
          values: [undoes, operation, randomUUID()],
        });
    if (rows.length === 0) throw new Overtaken();
  }

  /**
   * Takes undos whose command has ended, and those whose command has never come: its row says `undone` from here on.
   * Answers the tokens that hold their row now.
   */
  async #insertUndos(bids: readonly Bid[], leaseMs: number): Promise<readonly string[]> {
    if (bids.length === 0) return [];
    const { schema } = this.#database;
    const columns = "(message_id, operation, fingerprint, undoes, token, state, lease_until, updated_at, unsent)";
    const rows = await this.#database.rows<{ token: string }>({
      text: `
        with bid as materialized (
          select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
            as b(message_id, operation, fingerprint, undoes, token)
        ), command as materialized (
          select i.message_id, i.state from ${schema}.inbox i where i.message_id in (select undoes from bid)
          order by i.message_id for update
        ), kept_out as (
          insert into ${schema}.inbox ${columns}
          select distinct on (b.undoes) b.undoes, b.operation, '', null, gen_random_uuid()::text, 'undone', 0, ${nowMs}, false
          from bid b where not exists (select 1 from command c where c.message_id = b.undoes) order by b.undoes
          on conflict do nothing returning message_id
        )
        insert into ${schema}.inbox ${columns}
        select b.message_id, b.operation, b.fingerprint, b.undoes, b.token, 'executing', ${nowMs} + $6::bigint, ${nowMs}, false
        from bid b where b.undoes in (
          select message_id from command where state <> 'executing' union all select message_id from kept_out
        ) order by b.message_id
        on conflict do nothing returning token`,
      values: [
        ...columnArrays(
          bids.map(({ claim: { messageId, operation, fingerprint, undoes }, token }) => [
            messageId,
            operation,
            fingerprint,
            undoes,
            token,
          ]),
          5,
        ),
        leaseMs,
      ],
    });
    return rows.map(({ token }) => token);
  }

  /** Answers the tokens that hold their row now. */
  async #insert(by: Database | PostgresQueryable, bids: readonly Bid[], leaseMs: number): Promise<Set<string>> {
    if (bids.length === 0) return new Set();
    const query = {
      text: `
        insert into ${this.#database.schema}.inbox
          (message_id, operation, key, fingerprint, undoes, token, state, lease_until, updated_at, unsent)
        select b.message_id, b.operation, b.key, b.fingerprint, b.undoes, b.token, 'executing', ${nowMs} + $7::bigint, ${nowMs}, false
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
          as b(message_id, operation, key, fingerprint, undoes, token, place)
        order by b.operation, b.key, b.message_id, b.place
        on conflict do nothing returning token`,
      values: [
        ...columnArrays(
          bids.map(({ claim, token }) => [
            claim.messageId,
            claim.operation,
            workKey(claim),
            claim.fingerprint,
            claim.undoes ?? null,
            token,
          ]),
          6,
        ),
        leaseMs,
      ],
    };
    const rows = "rows" in by ? await by.rows(query) : (await by.query(query)).rows;
    return new Set((rows as { token: string }[]).map(({ token }) => token));
  }
}

const tokenOf = ({ token }: Bid): string => token;
