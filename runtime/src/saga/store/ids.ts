import { createHash } from "node:crypto";

/** Which side of a step: what it does, or what undoes it. */
export type Side = "do" | "undo";

/** What a message id of a saga says. */
export interface MessageId {
  readonly instance: string;
  /** Path of the step: names joined by `/`. */
  readonly path: string;
  readonly side: Side;
  /** Counts from 1. A repeated undo and an operator's retry are new rounds, with new ids. */
  readonly round: number;
}

/** `<instance>/<step path>/<do|undo>/<round>` */
export function messageId(instance: string, path: string, side: Side, round: number): string {
  return `${instance}/${path}/${side}/${round}`;
}

const messageIdShape = /^([^/]+)\/(.+)\/(do|undo)\/(\d+)$/;

/** Reads a message id back; undefined for one that no saga made. */
export function parseMessageId(id: string): MessageId | undefined {
  const [, instance, path, side, round] = messageIdShape.exec(id) ?? [];
  if (instance === undefined || path === undefined) return undefined;
  return { instance, path, side: side === "undo" ? "undo" : "do", round: Number(round) };
}

/** Id of the saga that a step starts: a UUIDv7 like any other, but the same each time the decision is taken. */
export function childId(step: string, at: number): string {
  const hash = createHash("sha256").update(step).digest("hex");
  const time = Math.max(0, Math.round(at)).toString(16).padStart(12, "0");
  const variant = ((Number.parseInt(hash[3] ?? "0", 16) & 3) | 8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}

/** `<message id>#<attempt>`: the key of an effect's row, and the correlation id of a command. */
export function effectKey(effect: { readonly id: string; readonly attempt: number }): string {
  return `${effect.id}#${effect.attempt}`;
}

/** Reads an effect's key back; undefined for a correlation id that is not ours. */
export function parseEffectKey(key: string): { readonly id: string; readonly attempt: number } | undefined {
  const hash = key.lastIndexOf("#");
  const attempt = Number(key.slice(hash + 1));
  return hash > 0 && Number.isInteger(attempt) && attempt > 0 ? { id: key.slice(0, hash), attempt } : undefined;
}
