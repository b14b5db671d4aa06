const nothing = undefined as object | undefined;

/**
 * `{ ...one, ...other }`, for the paths that every message takes; of one alone, a copy. On Node 20 a literal that begins
 * with a spread gives each object that gets a further property a hidden class of its own: the property takes 0.4 us instead
 * of 0.02, and all code that reads such objects becomes slow (seen with V8 11.3; not in Node 24). This one begins with nothing.
 */
export function fastMerge<One extends object, Other extends object = object>(
  one: One | undefined,
  other?: Other,
): Omit<One, keyof Other> & Other {
  return { ...nothing, ...one, ...other } as Omit<One, keyof Other> & Other;
}
