/** Places one order and follows its saga to the end. */
import { on } from "node:events";
import { createClient, type HistoryRow } from "@sagaspec/runtime";
import { order } from "../../generated/order/index.js";
import type { Progress } from "./order-service.js";
import type { Scenario } from "./scenarios.js";
import type { System } from "./system.js";
import { type ScenarioResult, stepResults } from "./timeline.js";

export async function runScenario(
  scenario: Scenario,
  orderId: number,
  { progress, transport }: Pick<System, "progress" | "transport">,
  show: (row: HistoryRow) => void,
): Promise<ScenarioResult> {
  const following = on(progress, "progress", { signal: AbortSignal.timeout(60_000) });
  const { sagaId } = await createClient(order, transport).createOrder({ orderId, ...scenario.order });
  const history: HistoryRow[] = [];
  for await (const [now] of following as AsyncIterable<[Progress]>) {
    if (now.sagaId !== sagaId) continue;
    history.push(now.row);
    show(now.row);
    const has = (kind: HistoryRow["kind"]) => history.some((row) => row.kind === kind);
    if (has("ended") && (!scenario.lateReply || has("late-reply"))) {
      return { scenario: scenario.name, state: now.state, order: now.order, steps: stepResults(history) };
    }
  }
  throw new Error(`the saga of '${scenario.name}' was not followed to its end`);
}
