/** How many deliveries are handed out, and since when there has been room for more. */
export interface PrefetchWindow {
  handedOut(): void;
  /** @param stale whether it came on a channel that has gone since. */
  settled(stale: boolean): void;
  connected(yes: boolean): void;
  isConnected(): boolean;
  /** Milliseconds since 1970 from which on it has been connected with room; undefined while not. */
  idleSince(): number | undefined;
  /** Resolves when nothing is handed out. */
  empty(): Promise<void>;
}

export function createPrefetchWindow(size: number): PrefetchWindow {
  let open = 0;
  let stale = 0;
  let connected = false;
  let since = 0;
  let emptied: (() => void)[] = [];

  return {
    handedOut() {
      open++;
    },
    settled(wasStale) {
      if (wasStale) stale--;
      else if (open-- === size) since = Date.now();
      if (open + stale > 0) return;
      for (const tell of emptied) tell();
      emptied = [];
    },
    connected(yes) {
      connected = yes;
      since = Date.now();
      if (yes) return;
      stale += open;
      open = 0;
    },
    isConnected: () => connected,
    idleSince: () => (connected && open < size ? since : undefined),
    empty: () =>
      new Promise((resolve) => {
        if (open + stale === 0) resolve();
        else emptied.push(resolve);
      }),
  };
}
