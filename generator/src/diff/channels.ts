import type { Channel, Parameter } from "../contract/contract.js";
import { bindingChanges } from "./bindings.js";
import { type Change, type Level, type Side, sideOf, type Use } from "./change.js";
import { blankAddress, match, type Pair, type Versions } from "./versions.js";

/** What changes in where messages travel: addresses, their parameters, queues and topics. */
export function channelChanges(versions: Versions): Change[] {
  const { pairs, added, gone } = versions.channels;
  const existence = (one: Channel, level: Level, event: "added" | "removed", side: Side): Change => {
    const what = `Channel ${one.address ?? one.key} is ${event === "added" ? "new" : "gone"}.`;
    return { level, code: `channel-${event}`, what, pointer: one.origin.pointer, side };
  };
  return [
    ...gone.map((old) => existence(old, "breaking", "removed", sideOf(versions.usesOfChannel({ old })))),
    ...added.map((now) => existence(now, "compatible", "added", sideOf(versions.usesOfChannel({ now })))),
    ...pairs.flatMap((pair) => oneChannel(pair, versions.usesOfChannel(pair))),
  ];
}

function oneChannel(pair: Pair<Channel>, uses: ReadonlySet<Use>): Change[] {
  const { old, now } = pair;
  const side = sideOf(uses);
  const changes: Change[] = [];
  if (blankAddress(old) !== blankAddress(now)) {
    const what = `The address of channel ${now.key} is ${now.address ?? "known at run time only"} now, it was ${old.address ?? "known at run time only"}.`;
    changes.push({ level: "breaking", code: "address-changed", what, pointer: `${now.origin.pointer}/address`, side });
  }
  return [
    ...changes,
    ...parameterChanges(pair, uses),
    ...bindingChanges(`channel ${now.address ?? now.key}`, old, now, side, "breaking"),
  ];
}

function parameterChanges({ old, now }: Pair<Channel>, uses: ReadonlySet<Use>): Change[] {
  const position = (channel: Channel) => (parameter: Parameter) =>
    String([...(channel.address ?? "").matchAll(/\{([^}]*)\}/g)].findIndex((found) => found[1] === parameter.name));
  const wasOld = new Set(old.parameters);
  const same = blankAddress(old) === blankAddress(now);
  const { pairs, added, gone } = match(old.parameters, now.parameters, [
    (one) => one.name,
    ...(same ? [(one: Parameter) => position(wasOld.has(one) ? old : now)(one)] : []),
  ]);
  const subject = `of channel ${now.address ?? now.key}`;
  const side = sideOf(uses);
  const symbol = now.parametersType === undefined ? {} : { symbol: now.parametersType };
  const report = (level: Level, code: string, what: string, parameter: Parameter): Change => {
    return { level, code, what, pointer: parameter.origin.pointer, side, ...symbol };
  };
  return [
    ...gone.map((one) => report("breaking", "parameter-removed", `Parameter ${one.name} ${subject} is gone.`, one)),
    ...added.map((one) => report("breaking", "parameter-added", `Parameter ${one.name} ${subject} is new.`, one)),
    ...pairs.flatMap((pair) => [
      ...(pair.old.name === pair.now.name
        ? []
        : [
            report(
              "breaking",
              "parameter-renamed",
              `Parameter ${pair.old.name} ${subject} is called ${pair.now.name} now; nothing changes on the wire.`,
              pair.now,
            ),
          ]),
      ...enumChanges(pair, uses, subject, report),
      ...fillingChanges(pair, subject, report),
    ]),
  ];
}

type Report = (level: Level, code: string, what: string, parameter: Parameter) => Change;

function enumChanges({ old, now }: Pair<Parameter>, uses: ReadonlySet<Use>, subject: string, report: Report): Change[] {
  const lost = old.enum ? (now.enum ? old.enum.filter((value) => !now.enum?.includes(value)) : []) : [];
  const narrowed = lost.length > 0 || (!old.enum && now.enum !== undefined);
  const gained = now.enum ? (old.enum ? now.enum.filter((value) => !old.enum?.includes(value)) : []) : [];
  const widened = gained.length > 0 || (!now.enum && old.enum !== undefined);
  const what = (text: string): string => `Parameter ${now.name} ${subject} ${text}.`;
  const limited = lost.length > 0 ? `can no longer be ${lost.join(", ")}` : `is limited to ${now.enum?.join(", ")} now`;
  const opened = gained.length > 0 ? `can be ${gained.join(", ")} now` : "is no longer limited to an enum";
  return [
    ...(narrowed
      ? [report(uses.has("received") ? "breaking" : "compatible", "parameter-narrowed", what(limited), now)]
      : []),
    ...(widened ? [report(uses.has("sent") ? "breaking" : "compatible", "parameter-widened", what(opened), now)] : []),
  ];
}

/** A parameter that nothing fills any more is an argument that callers have to give. */
function fillingChanges({ old, now }: Pair<Parameter>, subject: string, report: Report): Change[] {
  if (old.default === now.default && old.location === now.location) return [];
  const filled = (one: Parameter): boolean => one.default !== undefined || one.location !== undefined;
  const from = now.location ?? (now.default === undefined ? "the caller" : `the default ${now.default}`);
  const level = filled(old) ? (filled(now) ? "unknown" : "breaking") : "compatible";
  return [
    report(level, "parameter-filling-changed", `Parameter ${now.name} ${subject} is filled from ${from} now.`, now),
  ];
}
