/**
 * What can be read of stored rows: a text may be damaged, or written by a codec that is not here. The saga to which such
 * a row belongs says so when it is read itself.
 */
export function skipUnreadable<Stored, Read>(rows: readonly Stored[], read: (row: Stored) => Read): Read[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch {
      return [];
    }
  });
}
