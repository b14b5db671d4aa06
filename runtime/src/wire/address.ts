/** Addresses with parameters: `restaurant.tickets.{restaurantId}`. */

const hole = /\{([^{}]+)\}/g;

/** Names of the parameters that an address leaves open, in order. */
export function openParameters(address: string): readonly string[] {
  return Array.from(address.matchAll(hole), (match) => match[1] as string);
}

/** The address with the values that are given; what has none stays open. */
export function fillAddress(address: string, values: { readonly [name: string]: string }): string {
  return address.replace(hole, (open, name: string) => (Object.hasOwn(values, name) ? (values[name] as string) : open));
}

/** The character that divides the words of an address; undefined for an address of one word. */
export function wordDivider(address: string): string | undefined {
  return /[./]/.exec(address.replace(hole, ""))?.[0];
}

/**
 * Reads the parameters of a concrete address back. A parameter does not reach over a `.` or `/` where the address
 * divides its words with it.
 * @returns undefined when the address does not fit.
 */
export function addressMatcher(address: string): (concrete: string) => { readonly [name: string]: string } | undefined {
  const names = openParameters(address);
  const word = `[^${wordDivider(address) ?? "./"}]+`;
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const pattern = new RegExp(
    `^${address
      .split(/\{[^{}]+\}/)
      .map(literal)
      .join(`(${word})`)}$`,
  );
  return (concrete) => {
    const match = pattern.exec(concrete);
    if (!match) return undefined;
    const entries = names.map((name, index) => [name, match[index + 1] as string] as const);
    return Object.fromEntries(entries);
  };
}
