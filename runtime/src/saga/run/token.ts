import { randomUUID } from "node:crypto";

const worker = randomUUID();
let commits = 0;

/** Names a commit among those of all workers: after a lost answer, whose commit the store has. */
export function newToken(): string {
  commits += 1;
  return `${worker}/${commits}`;
}
