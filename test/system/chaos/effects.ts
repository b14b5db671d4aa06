/** What participants have really done, in a table of their own database. */
import { SagaspecError } from "@sagaspec/runtime";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import type pg from "pg";

type Inbox = ReturnType<typeof createPostgresStore>["inbox"];

/** Holds the participants' inbox and their effects. */
export const participantSchema = "participants";

export async function createEffects(pool: pg.Pool): Promise<void> {
  await createPostgresStore({ pool, schema: participantSchema, migrate: true }).migrate();
  // No key: an effect that comes about twice is there twice.
  await pool.query(
    `create table ${participantSchema}.effect_taken (operation text not null, message_id text not null, undoes text)`,
  );
}

/**
 * An inbox that commits an execution's effect and its outcome together, as a participant does that has a database. An
 * execution that dies before leaves no effect, and one that is answered with a failure has none.
 */
export function inboxWithEffects(pool: pg.Pool): Inbox {
  const { inbox } = createPostgresStore({ pool, schema: participantSchema });
  return {
    ...inbox,
    async finish(batch) {
      const client = await pool.connect().catch((error) => Promise.reject(away(error)));
      let broken: Error | undefined;
      // A connection that breaks meanwhile tells with the next query.
      const heard = () => {};
      client.on("error", heard);
      try {
        await client.query("begin");
        const succeeded = batch.filter(({ reply }) => reply && !/refused|failure/.test(reply.name));
        await client.query(
          `insert into ${participantSchema}.effect_taken
           select operation, message_id, undoes from ${participantSchema}.inbox
           where token = any($1::text[]) and state = 'executing' order by message_id for update`,
          [succeeded.map(({ token }) => token)],
        );
        const verdicts = await inbox.finish(batch, client);
        await client.query("commit");
        return verdicts;
      } catch (error) {
        await client.query("rollback").catch((cause) => {
          broken = cause;
        });
        throw broken ? away(error) : error;
      } finally {
        client.off("error", heard);
        client.release(broken);
      }
    },
  };
}

function away(cause: unknown): SagaspecError {
  return new SagaspecError("store-unavailable", "the effects could not be recorded", { cause, retryable: true });
}
