import type { SendResult } from "../../messaging/transport.js";

/** The verdicts of messages that were sent together. */
export interface DeliveryBatch {
  /** Resolves with one verdict a message, at the latest when the time is over. */
  readonly all: Promise<readonly SendResult[]>;
  /** Whether the message has no verdict yet. */
  open(index: number): boolean;
  /** The first verdict counts. */
  settle(index: number, verdict: SendResult): void;
}

/** @param late is told of each message that became `unknown` because the time was over. */
export function createDeliveryBatch(size: number, timeoutMs: number, late: (index: number) => void): DeliveryBatch {
  const verdicts = new Array<SendResult | undefined>(size);
  let left = size;
  let resolve: (all: readonly SendResult[]) => void = () => undefined;
  const all = new Promise<readonly SendResult[]>((done) => {
    resolve = done;
  });

  function end(): void {
    clearTimeout(timer);
    resolve(verdicts.map((verdict) => verdict ?? "unknown"));
  }

  const timer = setTimeout(() => {
    for (let index = 0; index < size; index++) {
      if (verdicts[index] !== undefined) continue;
      verdicts[index] = "unknown";
      late(index);
    }
    end();
  }, timeoutMs);
  if (size === 0) end();

  return {
    all,
    open: (index) => verdicts[index] === undefined,
    settle(index, verdict) {
      if (verdicts[index] !== undefined) return;
      verdicts[index] = verdict;
      if (--left === 0) end();
    },
  };
}
