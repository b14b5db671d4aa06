/** What has been received of one partition, from its arrival until everything before it is settled. */
import type { KafkaMessage } from "./driver.js";

/** A record of the partition. */
export interface Entry {
  readonly record: KafkaMessage;
  readonly offset: number;
  readonly key: string | undefined;
  state: "waiting" | "out" | "resting" | "settled";
  /** Further deliveries in this process. */
  again: number;
}

export interface PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** Takes what a fetch brought; what it has already, fetched again after a rebalance, is left out. */
  receive(records: readonly KafkaMessage[], lastOffset: string): void;
  /** The next record that may be handed out: of a key one at a time. */
  next(): Entry | undefined;
  /** Records that are not handed out yet. */
  waiting(): number;
  settled(entry: Entry): void;
  /** It waits before it is delivered once more. */
  rest(entry: Entry): void;
  /** Delivers a record once more, before those after it. */
  again(entry: Entry): void;
  /** The position to commit, where it has moved since it was last asked. */
  position(): string | undefined;
  /** The partition belongs to somebody else: nothing of it is handed out or committed any more. */
  end(): void;
  isOver(): boolean;
}

export function createPartitionLog(topic: string, partition: number, holdsKeys: boolean): PartitionLog {
  const entries: Entry[] = [];
  const ready: Entry[] = [];
  /** Keys of which a record is out or resting, with those that follow it. */
  const held = new Map<string, Entry[]>();
  let head = 0;
  // What a number cannot hold is reached after hundreds of years of a million messages a second.
  let received: number | undefined;
  let committed: number | undefined;
  let waiting = 0;
  let over = false;

  function admit(entry: Entry): void {
    const queue = entry.key === undefined ? undefined : held.get(entry.key);
    if (queue) queue.push(entry);
    else ready.push(entry);
  }

  function release(key: string): void {
    const queue = held.get(key) ?? [];
    held.delete(key);
    for (const entry of queue) admit(entry);
  }

  return {
    topic,
    partition,
    receive(records, lastOffset) {
      for (const record of records) {
        const offset = Number(record.offset);
        if (received !== undefined && offset <= received) continue;
        const key = record.key === null ? undefined : record.key.toString("latin1");
        const entry: Entry = { record, offset, key, state: "waiting", again: 0 };
        entries.push(entry);
        received = offset;
        waiting += 1;
        admit(entry);
      }
      // Transactions and compaction leave gaps: what was fetched ends later than the last record.
      const last = Number(lastOffset);
      if (received === undefined || last > received) received = last;
    },
    next() {
      for (;;) {
        const entry = over ? undefined : ready.shift();
        if (!entry) return undefined;
        if (entry.key !== undefined) {
          const queue = held.get(entry.key);
          if (queue) {
            queue.push(entry);
            continue;
          }
          held.set(entry.key, []);
        }
        entry.state = "out";
        waiting -= 1;
        return entry;
      }
    },
    waiting: () => waiting,
    settled(entry) {
      entry.state = "settled";
      if (entry.key !== undefined) release(entry.key);
      while (entries[head]?.state === "settled") head += 1;
      if (head > 1_024 && head * 2 > entries.length) {
        entries.splice(0, head);
        head = 0;
      }
    },
    rest(entry) {
      entry.state = "resting";
      if (entry.key !== undefined && !holdsKeys) release(entry.key);
    },
    again(entry) {
      entry.again += 1;
      entry.state = "waiting";
      waiting += 1;
      // Those after it wait until it is settled, or have gone past it already.
      if (entry.key !== undefined && holdsKeys) {
        const queue = held.get(entry.key) ?? [];
        held.delete(entry.key);
        ready.unshift(entry);
        for (const one of queue) ready.push(one);
      } else ready.unshift(entry);
    },
    position() {
      if (over || received === undefined) return undefined;
      const first = entries[head];
      const position = first ? first.offset : received + 1;
      if (committed !== undefined && position <= committed) return undefined;
      committed = position;
      return String(position);
    },
    end() {
      over = true;
    },
    isOver: () => over,
  };
}
