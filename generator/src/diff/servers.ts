import type { Server } from "../contract/contract.js";
import { bindingChanges } from "./bindings.js";
import type { Change } from "./change.js";
import { match, type Pair, type Versions } from "./versions.js";

/** What changes in where the service is reached. */
export function serverChanges({ old, now }: Versions): Change[] {
  const { pairs, added, gone } = match(old.servers, now.servers, [(one) => one.name, (one) => location(one)]);
  const report = (level: Change["level"], code: string, what: string, server: Server): Change => {
    return { level, code, what, pointer: server.origin.pointer, side: "both" };
  };
  return [
    ...gone.map((one) => report("breaking", "server-removed", `Server ${one.name} (${location(one)}) is gone.`, one)),
    ...added.map((one) => report("compatible", "server-added", `Server ${one.name} (${location(one)}) is new.`, one)),
    ...pairs.flatMap((pair) => oneServer(pair, report)),
  ];
}

const location = ({ protocol, host, pathname }: Server): string => `${protocol}://${host}${pathname ?? ""}`;

function oneServer(
  { old, now }: Pair<Server>,
  report: (level: Change["level"], code: string, what: string, server: Server) => Change,
): Change[] {
  const changes: Change[] = [];
  if (old.protocol !== now.protocol) {
    const what = `Server ${now.name} speaks ${now.protocol} now, it spoke ${old.protocol}.`;
    changes.push(report("breaking", "server-protocol-changed", what, now));
  } else if (location(old) !== location(now)) {
    const what = `Server ${now.name} is at ${location(now)} now, it was at ${location(old)}.`;
    changes.push(report("breaking", "server-moved", what, now));
  }
  const schemes = (server: Server): string =>
    server.security
      .map(({ type }) => type)
      .sort()
      .join(", ") || "nothing";
  if (schemes(old) !== schemes(now)) {
    const kept =
      old.security.length > 0 && old.security.every((one) => now.security.some(({ type }) => type === one.type));
    const what = `Server ${now.name} asks for ${schemes(now)} now, it asked for ${schemes(old)}.`;
    changes.push(report(kept || now.security.length === 0 ? "compatible" : "breaking", "security-changed", what, now));
  }
  return [
    ...changes,
    ...variableChanges({ old, now }, report),
    ...bindingChanges(`server ${now.name}`, old, now, "both", "unknown"),
  ];
}

function variableChanges(
  { old, now }: Pair<Server>,
  report: (level: Change["level"], code: string, what: string, server: Server) => Change,
): Change[] {
  return now.variables.flatMap((variable) => {
    const before = old.variables.find(({ name }) => name === variable.name);
    if (!before) return [];
    const lost = before.enum?.filter((value) => variable.enum && !variable.enum.includes(value)) ?? [];
    const subject = `Variable ${variable.name} of server ${now.name}`;
    return [
      ...(lost.length > 0
        ? [report("breaking", "server-variable-narrowed", `${subject} can no longer be ${lost.join(", ")}.`, now)]
        : []),
      ...(before.default === variable.default
        ? []
        : [
            report(
              "unknown",
              "server-variable-default-changed",
              `${subject} has the default ${variable.default ?? "none"} now.`,
              now,
            ),
          ]),
    ];
  });
}
