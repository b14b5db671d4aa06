import { messageOf } from "../core/errors.js";
import type { OperatorVerdict } from "../saga/run/options.js";
import type { SagaAdmin, SagaFilter } from "../saga/store/saga-store.js";
import type { BulkOptions, BulkVerdict } from "./admin.js";

const pageSize = 100;
const atATime = 8;

/** Acts on every saga that matches, page by page, the youngest first. One that refuses does not stop the others. */
export async function actOnAll(
  store: SagaAdmin,
  filter: SagaFilter,
  act: (id: string) => Promise<OperatorVerdict>,
  { limit = 1_000 }: BulkOptions = {},
): Promise<BulkVerdict> {
  let applied = 0;
  const refused: { id: string; reason: string }[] = [];
  let after = filter.after;
  for (let left = limit; left > 0; ) {
    const page = await store.list({
      ...filter,
      ...(after === undefined ? undefined : { after }),
      limit: Math.min(left, pageSize),
    });
    const waiting = page.sagas.map(({ id }) => id);
    left -= waiting.length;
    const work = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const reason = await refusal(act, id);
        if (reason === undefined) applied += 1;
        else refused.push({ id, reason });
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    if (page.next === undefined) return { applied, refused };
    after = page.next;
  }
  return { applied, refused, ...(after === undefined ? undefined : { next: after }) };
}

async function refusal(act: (id: string) => Promise<OperatorVerdict>, id: string): Promise<string | undefined> {
  try {
    return (await act(id)).refused;
  } catch (error) {
    return messageOf(error);
  }
}
