import { printJson } from "../../operate/lossless-json.js";
import { type Act, type Json, type SagaAdmin, statuses } from "../../operate/saga-admin.js";
import { type Command, type ExitCode, flag, type Given, textOption, UsageError } from "../command.js";
import { readData } from "../read-data.js";
import type { Terminal } from "../report/terminal.js";
import { filterOf, idOf, oneId, parseAction } from "../saga-arguments.js";

/** `sagaspec saga`: what the sagas of the project's store do, and what people want of them. */
export const command: Command = {
  usage:
    "list | show ID | history ID | start TYPE | cancel, compensate, pause, resume, retry, skip, mark-done, patch ID | check | purge",
  get words() {
    return Object.keys(verbs);
  },
  options: {
    type: { type: "string", about: "only sagas of this type" },
    status: { type: "string", about: `only sagas of this status: ${statuses.join(", ")}` },
    step: { type: "string", about: "only sagas that have this step open; for an action, the step that is meant" },
    key: { type: "string", about: "business key: to look for, or to start with" },
    since: { type: "string", about: "only sagas started at this time (ISO 8601) or later" },
    before: { type: "string", about: "only sagas started before this time" },
    limit: { type: "string", about: "at most so many (default: 100, actions 1000)" },
    after: { type: "string", about: "the page after this one, as list tells" },
    all: { type: "boolean", about: "act on every saga that the filter finds, instead of one ID" },
    by: { type: "string", about: "who acts (default: the user of this machine)" },
    why: { type: "string", about: "why; every action needs a reason" },
    data: { type: "string", short: "d", about: "JSON, a file of JSON or -: input of start, output of skip, patch" },
    seq: { type: "string", about: "act only if this is the last line of its history, as show tells; patch needs it" },
    "without-compensation": { type: "boolean", about: "cancel, but leave everything as it is" },
    "finished-for": { type: "string", about: "what purge deletes: sagas that finished so many days ago, e.g. 30d" },
    json: { type: "boolean", about: "JSON on standard output" },
    config: { type: "string", short: "c", about: "configuration file; else the nearest sagaspec.config.*" },
  },

  async run(given, terminal) {
    const [verb = "", ...rest] = given.positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!run) throw new UsageError(`saga takes one of ${Object.keys(verbs).join(", ")}; not ${JSON.stringify(verb)}`);
    const { loadAdmin } = await import("../../operate/load-admin.js");
    const ask = await run(rest, given, terminal);
    const admin = await loadAdmin(terminal.cwd, textOption(given, "config"));
    try {
      return await ask(admin);
    } finally {
      await admin.close();
    }
  },
};

/** Looks at the command line, then asks: what is wrong with the former is told before a store is opened. */
type Verb = (
  rest: readonly string[],
  given: Given,
  terminal: Terminal,
) => Promise<(admin: SagaAdmin) => Promise<ExitCode>> | ((admin: SagaAdmin) => Promise<ExitCode>);

const verbs: { readonly [name: string]: Verb } = {
  list,
  show,
  history,
  start,
  check,
  purge,
  cancel: (rest, given, terminal) =>
    act(flag(given, "without-compensation") ? "cancel-without-compensation" : "cancel", rest, given, terminal),
  compensate: (...args) => act("compensate", ...args),
  pause: (...args) => act("pause", ...args),
  resume: (...args) => act("resume", ...args),
  retry: (...args) => act("retry", ...args),
  skip: (...args) => act("skip", ...args),
  "mark-done": (...args) => act("mark-done", ...args),
  patch: (...args) => act("patch", ...args),
};

function list(_: readonly string[], given: Given, terminal: Terminal) {
  const filter = filterOf(given);
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    const page = await admin.list(filter);
    if (flag(given, "json")) return json(terminal, page);
    const { table } = await import("../../operate/timeline.js");
    for (const line of page.sagas.length === 0 ? ["no saga matches"] : table(page.sagas, terminal.color)) {
      terminal.out(line);
    }
    if (page.next !== undefined) terminal.note(`There are more: --after ${page.next}`);
    return 0;
  };
}

function show(rest: readonly string[], given: Given, terminal: Terminal) {
  const name = oneId(rest, "show");
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    const summary = await admin.summary(await idOf(admin, name));
    if (flag(given, "json")) return json(terminal, summary);
    const { timeline } = await import("../../operate/timeline.js");
    for (const line of timeline(summary, terminal.color)) terminal.out(line);
    return 0;
  };
}

function history(rest: readonly string[], given: Given, terminal: Terminal) {
  const name = oneId(rest, "history");
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    const lines = await admin.history(await idOf(admin, name));
    if (flag(given, "json")) return json(terminal, { history: lines });
    const { historyLines } = await import("../../operate/timeline.js");
    for (const line of historyLines(lines, terminal.color)) terminal.out(line);
    return 0;
  };
}

async function start(rest: readonly string[], given: Given, terminal: Terminal) {
  const [type, ...more] = rest;
  if (type === undefined || more.length > 0) throw new UsageError("saga start takes a type: saga start create-order");
  const data = textOption(given, "data");
  const input = data === undefined ? null : ((await readData(data, terminal.cwd)) as Json);
  const key = textOption(given, "key");
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    const started = await admin.start(type, input, key === undefined ? {} : { key });
    if (flag(given, "json")) return json(terminal, started);
    terminal.out(`${started.id} ${started.status}`);
    return 0;
  };
}

async function act(action: Act["action"], rest: readonly string[], given: Given, terminal: Terminal) {
  const isBulk = flag(given, "all");
  const name = isBulk ? undefined : oneId(rest, action);
  if (isBulk && rest.length > 0) throw new UsageError(`--all and ${rest.join(" ")} exclude each other`);
  const wanted = await parseAction(action, given, terminal);
  const { limit, step: _, ...filter } = filterOf(given);
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    if (name === undefined) {
      const verdict = await admin.actOnAll(filter, wanted, limit === undefined ? {} : { limit });
      if (flag(given, "json")) json(terminal, verdict);
      else {
        terminal.out(`${action}: ${verdict.applied} done, ${verdict.refused.length} refused`);
        for (const { id, reason } of verdict.refused) terminal.note(`${id}: ${reason}`);
        if (verdict.next !== undefined) terminal.note(`There are more: --after ${verdict.next}`);
      }
      return verdict.refused.length > 0 ? 1 : 0;
    }
    const verdict = await admin.act(await idOf(admin, name), wanted);
    if (flag(given, "json")) json(terminal, verdict);
    else if (verdict.refused === undefined) terminal.out(`${verdict.id} ${verdict.status}`);
    else terminal.note(`${action} was refused: ${verdict.refused}`);
    return verdict.refused === undefined ? 0 : 1;
  };
}

function check(_: readonly string[], given: Given, terminal: Terminal) {
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    const { unknownOperations } = await import("../../operate/unknown-operations.js");
    const config = textOption(given, "config");
    const findings = [...(await unknownOperations(admin, terminal.cwd, config)), ...(await admin.check())];
    if (flag(given, "json")) json(terminal, { findings });
    else {
      const { findingLines } = await import("../../operate/timeline.js");
      for (const line of findings.length === 0
        ? ["nothing to find fault with"]
        : findingLines(findings, terminal.color)) {
        terminal.out(line);
      }
    }
    return findings.some(({ severity }) => severity === "error") ? 1 : 0;
  };
}

function purge(_: readonly string[], given: Given, terminal: Terminal) {
  const age = textOption(given, "finished-for") ?? "30d";
  if (!/^\d+(\.\d+)?d$/.test(age)) throw new UsageError(`--finished-for takes days: 30d, not ${age}`);
  return async (admin: SagaAdmin): Promise<ExitCode> => {
    const purged = await admin.purge(age as `${number}d`);
    if (flag(given, "json")) return json(terminal, { purged });
    terminal.out(`purged ${purged}`);
    return 0;
  };
}

function json(terminal: Terminal, value: unknown): 0 {
  terminal.out(printJson(value));
  return 0;
}
