/**
 * Where the line breaks go. A document is text with places where it may break; a group breaks all of its places when
 * it does not fit on the line, else none. The rules are those of the usual TypeScript formatters, so that formatting
 * generated files changes nothing.
 */
export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "line"; readonly flat: string; readonly hard: boolean }
  | { readonly kind: "indent"; readonly body: Doc }
  | { readonly kind: "group"; readonly body: Doc; readonly broken: boolean }
  | { readonly kind: "choice"; readonly broken: Doc; readonly flat: Doc };

/** A space, or a line break where the group breaks. */
export const line: Doc = { kind: "line", flat: " ", hard: false };

/** Nothing, or a line break where the group breaks. */
export const softline: Doc = { kind: "line", flat: "", hard: false };

/** A line break that breaks every group around it. */
export const hardline: Doc = { kind: "line", flat: "", hard: true };

export const indent = (body: Doc): Doc => ({ kind: "indent", body });

/** One line if it fits. `broken` spreads it whether or not it fits. */
export const group = (body: Doc, broken = false): Doc => ({ kind: "group", body, broken: broken || breaks(body) });

/** `broken` where the group around it breaks, else `flat`. */
export const choice = (broken: Doc, flat: Doc = ""): Doc => ({ kind: "choice", broken, flat });

export function join(separator: Doc, docs: readonly Doc[]): Doc {
  return docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc]));
}

function breaks(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  if (isList(doc)) return doc.some(breaks);
  if (doc.kind === "line") return doc.hard;
  if (doc.kind === "choice") return false;
  return doc.kind === "group" ? doc.broken : breaks(doc.body);
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

interface Pending {
  readonly depth: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

/** The text, with lines of at most `width` columns wherever the breaks allow it, and two spaces for each indentation. */
export function print(doc: Doc, width = 120): string {
  const out: string[] = [];
  let column = 0;
  const pending: Pending[] = [{ depth: 0, broken: true, doc }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { depth, broken, doc: current } = next;
    if (typeof current === "string") {
      out.push(current);
      column += current.length;
    } else if (isList(current)) {
      for (const one of [...current].reverse()) pending.push({ depth, broken, doc: one });
    } else if (current.kind === "indent") {
      pending.push({ depth: depth + 1, broken, doc: current.body });
    } else if (current.kind === "choice") {
      pending.push({ depth, broken, doc: broken ? current.broken : current.flat });
    } else if (current.kind === "group") {
      const flat: Pending = { depth, broken: false, doc: current.body };
      pending.push(!current.broken && fits(flat, pending, width - column) ? flat : { ...flat, broken: true });
    } else if (broken || current.hard) {
      out.push(`\n${"  ".repeat(depth)}`);
      column = depth * 2;
    } else {
      out.push(current.flat);
      column += current.flat.length;
    }
  }
  return out.join("").replace(/ +$/gm, "");
}

// Whether `first`, and what follows it up to the next line break, fits into `room`.
function fits(first: Pending, rest: readonly Pending[], room: number): boolean {
  const pending = [first];
  let left = room;
  let behind = rest.length;
  while (left >= 0) {
    const next = pending.pop() ?? rest[--behind];
    if (!next) return true;
    const { depth, broken, doc } = next;
    if (typeof doc === "string") left -= doc.length;
    else if (isList(doc)) for (const one of [...doc].reverse()) pending.push({ depth, broken, doc: one });
    else if (doc.kind === "indent") pending.push({ depth, broken, doc: doc.body });
    else if (doc.kind === "choice") pending.push({ depth, broken, doc: broken ? doc.broken : doc.flat });
    else if (doc.kind === "group") pending.push({ depth, broken: doc.broken, doc: doc.body });
    else if (broken || doc.hard) return true;
    else left -= doc.flat.length;
  }
  return false;
}
