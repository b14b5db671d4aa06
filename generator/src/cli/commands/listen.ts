import type { LiveOperation } from "../../operate/live-contract.js";
import { printJson } from "../../operate/lossless-json.js";
import { connect } from "../../operate/project-modules.js";
import { type Command, textOption, UsageError } from "../command.js";
import { loadSettings, projectOptions } from "../project.js";

interface Handlers {
  [name: string]: Handlers | ((payload: unknown, context: { readonly messageId: string }) => void);
}

/** `sagaspec listen restaurant`: what a service tells others, a line of JSON for each message, until it is stopped. */
export const command: Command = {
  usage: "SERVICE [documents or globs...]",
  options: {
    count: { type: "string", about: "end after so many messages" },
    url: { type: "string", about: "the broker (default: AMQP_URL, else amqp://localhost)" },
    ...projectOptions,
  },

  async run(given, terminal) {
    const [service, ...positionals] = given.positionals;
    if (service === undefined) throw new UsageError("listen to which service? sagaspec listen restaurant");
    const wanted = textOption(given, "count");
    if (wanted !== undefined && !/^[1-9]\d*$/.test(wanted))
      throw new UsageError(`--count takes a number, not ${wanted}`);
    const settings = await loadSettings({ ...given, positionals }, terminal);
    const { liveOperations } = await import("../../operate/live-contract.js");
    const events = (await liveOperations(service, settings)).filter(
      ({ action, kind }) => action === "send" && kind === "send",
    );
    const [first] = events;
    if (!first) throw new UsageError(`${service} tells others nothing: it has no operation with action: send`);

    const url = textOption(given, "url") ?? terminal.env.AMQP_URL;
    const { runtime, transport } = await connect(settings.root, url, terminal.note);
    try {
      let left = wanted === undefined ? Number.POSITIVE_INFINITY : Number(wanted);
      await new Promise<void>((resolve, reject) => {
        const hear = (operation: string, messageId: string, payload: unknown): void => {
          if (left <= 0) return;
          terminal.out(printJson({ operation, messageId, payload }, 0));
          left -= 1;
          if (left === 0) resolve();
        };
        const onProblem = ({ operation, reason }: { operation?: string; reason: string }): void =>
          terminal.note(`${operation ?? service}: ${reason}`);
        terminal.signal.addEventListener("abort", () => resolve(), { once: true });
        runtime
          .subscribe(first.contract, handlersFor(events, hear), transport, { group: null, onProblem })
          .then(() => terminal.note(`Listening to ${service}; press Ctrl-C to end.`), reject);
      });
      return 0;
    } finally {
      await transport.close();
    }
  },
};

function handlersFor(
  events: readonly LiveOperation[],
  hear: (operation: string, messageId: string, payload: unknown) => void,
): Handlers {
  const handlers: Handlers = {};
  for (const { path, id } of events) {
    let group = handlers;
    for (const name of path.slice(0, -1)) {
      group[name] ??= {};
      group = group[name] as Handlers;
    }
    group[path.at(-1) as string] = (payload, { messageId }) => hear(id, messageId, payload);
  }
  return handlers;
}
