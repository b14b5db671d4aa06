import pc from "picocolors";
import type { Change, Level } from "./change.js";

/** The levels, worst first. */
export const levels: readonly Level[] = ["breaking", "unknown", "compatible"];

const titles: { readonly [level in Level]: string } = {
  breaking: "Breaking",
  unknown: "Unknown: look at these",
  compatible: "Compatible",
};

const concerned = { senders: "senders", receivers: "receivers", both: "senders and receivers" } as const;

/** `2 breaking, 1 unknown, 4 compatible`, or that nothing has changed. */
export function tallyChanges(changes: readonly Change[]): string {
  const counts = levels.flatMap((level) => {
    const count = changes.filter((one) => one.level === level).length;
    return count > 0 ? `${count} ${level}` : [];
  });
  return counts.join(", ") || "no change that others notice";
}

/** Changes for a terminal, grouped by how bad they are. */
export function textChanges(changes: readonly Change[], color: boolean): string {
  const paint = pc.createColors(color);
  const paints = { breaking: paint.red, unknown: paint.yellow, compatible: paint.green };
  const groups = grouped(changes).map(([level, group]) =>
    [
      paint.bold(paints[level](titles[level])),
      ...group.map(({ what, code, side, pointer, symbol }) => {
        const details = [code, concerned[side], pointer, ...(symbol === undefined ? [] : [symbol])].join(" · ");
        return `  ${what}\n    ${paint.dim(details)}`;
      }),
    ].join("\n"),
  );
  return [...groups, tallyChanges(changes)].join("\n\n");
}

/** Changes for a pull request. */
export function markdownChanges(changes: readonly Change[], title: string): string {
  const groups = grouped(changes).map(([level, group]) => {
    const rows = group.map(({ what, code, side, pointer, symbol }) => {
      const where = [`\`${pointer}\``, ...(symbol === undefined ? [] : [`\`${symbol}\``])].join(", ");
      return `| ${cell(what)} | ${concerned[side]} | ${cell(where)} | ${code} |`;
    });
    const table = ["| what | for whom | where | code |", "| --- | --- | --- | --- |", ...rows].join("\n");
    if (level !== "compatible") return `### ${titles[level]} (${group.length})\n\n${table}`;
    return `<details><summary>${titles[level]} (${group.length})</summary>\n\n${table}\n\n</details>`;
  });
  return [`## ${title}: ${tallyChanges(changes)}`, ...groups].join("\n\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function grouped(changes: readonly Change[]): readonly (readonly [Level, readonly Change[]])[] {
  return levels.flatMap((level) => {
    const group = changes.filter((one) => one.level === level);
    return group.length > 0 ? [[level, group] as const] : [];
  });
}
