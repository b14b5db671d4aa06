import { SagaspecError } from "./errors.js";

/** @throws SagaspecError `invalid-usage` that names the options nobody knows, each with the nearest name that is known. */
export function refuseUnknownOptions(subject: string, options: object, known: readonly string[]): void {
  const unknown = unknownOptions(options, known);
  if (unknown.length === 0) return;
  const text = `${subject}: there is no option ${unknown.join(", ")}; its options are ${known.join(", ")}`;
  throw new SagaspecError("invalid-usage", text);
}

/** The options of an object that are not known, each with the nearest name that is. An `undefined` one counts as absent. */
export function unknownOptions(options: object, known: readonly string[]): string[] {
  return Object.entries(options)
    .filter(([name, value]) => value !== undefined && !known.includes(name))
    .map(([name]) => {
      const nearest = nearestName(name, known);
      return nearest === undefined ? `'${name}'` : `'${name}' (did you mean '${nearest}'?)`;
    });
}

/** The known name that is the fewest edits away; undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const one of known) {
    const distance = editDistance(name.toLowerCase(), one.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = one;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours that make one text of the other. */
function editDistance(from: string, to: string): number {
  const rows = Array.from({ length: from.length + 1 }, (_, row) => [row]);
  for (let column = 0; column <= to.length; column++) (rows[0] as number[])[column] = column;
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= from.length; row++) {
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let least = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) least = Math.min(least, at(row - 2, column - 2) + 1);
      (rows[row] as number[])[column] = least;
    }
  }
  return at(from.length, to.length);
}
