/** Beyond so many sagas planning is a small part of a commit, and the plan that knows their number is the better one. */
const largest = 8;

/**
 * The name under which a commit of that many sagas is prepared; undefined for none. A plan made while the tables were
 * small reads all of them once they are large (seen: 5 transitions a second instead of 900), so the name changes whenever
 * this process is twice as old: no plan is older than half its user, and a connection holds some twenty of them in a year.
 */
export function preparedCommit(schema: string): (sagas: number) => string | undefined {
  const since = performance.now();
  return (sagas) => {
    if (sagas > largest) return undefined;
    const seconds = (performance.now() - since) / 1_000;
    return `${schema}_commit_${Math.floor(Math.log2(1 + seconds))}`;
  };
}
