import type { Clock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import { createHandOvers } from "../../saga/store/hand-over.js";
import type { Commit, SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupCommit } from "./group-commit.js";
import { requireDatabase } from "./outbox.js";
import { createSqliteSagaAdmin } from "./saga-admin.js";
import { SagaQueries } from "./saga-queries.js";
import { SagaTransitions } from "./saga-transitions.js";
import { synchronous } from "./synchronous.js";

interface Parts {
  readonly name: string;
  readonly database: SqliteDatabase;
  readonly group: GroupCommit;
  readonly codec: StoreCodec;
  readonly clock: Clock;
}

/** The name is the file's: with the file, nobody knows it any more. */
const week = 7 * 86_400_000;

/** The sagas of an open, migrated file. */
export function createSagaStore({ name, database, group, codec, clock }: Parts): Omit<SagaStore, "close"> & SagaAdmin {
  const transitions = new SagaTransitions(database, codec);
  const queries = new SagaQueries(database, codec);
  const handOvers = createHandOvers();
  return {
    ...createSqliteSagaAdmin(database, group, codec),
    name,
    queuesExpireMs: week,

    listen: handOvers.listen,

    async load(refs) {
      return queries.load(refs);
    },

    async commit(batch, also) {
      const swaps = batch.map((commit) => () => transitions.apply(commit, clock.now()));
      const housekeeping = also ? group.one(() => transitions.housekeep(also)) : undefined;
      const [verdicts] = await Promise.all([group.run(swaps), housekeeping]);
      const keys = (also?.handOver ?? []).flatMap((one) => one.keys);
      if (keys.length > 0) await group.one(() => transitions.handOver(keys));
      if (also) handOvers.tell(also);
      return verdicts.map((verdict, index) => (verdict instanceof Error ? refused(batch[index], verdict) : verdict));
    },

    begin(tx, commit, keys) {
      requireDatabase(tx, database, "SQLite store");
      database.exec("savepoint sagaspec_begin");
      try {
        const isNew = transitions.apply(commit, clock.now()) === "done";
        if (isNew) transitions.handOver(keys);
        database.exec("release sagaspec_begin");
        // The transaction ends within this turn.
        if (isNew) setImmediate(() => handOvers.tell({ handOver: [{ sagaId: commit.row.id, keys }] }));
        return isNew;
      } catch (error) {
        database.exec("rollback to sagaspec_begin; release sagaspec_begin");
        throw error;
      }
    },

    async transact({ id, expected }, work) {
      return group.alone(() => {
        if (!transitions.isAt(id, expected)) return "conflict";
        const commit = synchronous(work(database), `saga ${id}: a run`);
        return transitions.apply(commit, clock.now());
      });
    },

    async underWay(versions) {
      return queries.underWay(versions);
    },

    async events(keys) {
      return queries.events(keys);
    },

    pending(mine, limit, olderThanMs) {
      return group.one(() => queries.pending(mine, limit, olderThanMs, clock.now()));
    },
  };
}

function refused(commit: Commit | undefined, cause: Error): Error {
  if (cause instanceof SagaspecError) return cause;
  const { type, id } = commit?.row ?? { type: "", id: "" };
  return new SagaspecError("invalid-usage", `saga ${type} ${id}: its transition cannot be stored: ${cause.message}`, {
    cause,
  });
}
