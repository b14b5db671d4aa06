/** JSON pointers (RFC 6901), without the leading `#`; the whole document is the empty string. */

/** The pointer of a member: `child("/channels", "user/signedup")` is `/channels/user~1signedup`. */
export function child(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The keys of a pointer: `/channels/user~1signedup` is `["channels", "user/signedup"]`. */
export function keysOf(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer.slice(1).split("/").map(unescapeKey);
}

/** The last key of a pointer; empty for the whole document. */
export function lastKey(pointer: string): string {
  return unescapeKey(pointer.slice(pointer.lastIndexOf("/") + 1));
}

/** Undoes the percent-encoding of a URI part; what is no valid encoding stands for itself. */
export function decodePart(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Undoes the escapes of a pointer: `~1` is `/`, `~0` is `~`. */
export function unescapeKey(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}
