import type { Contract } from "../../contract/contract.js";
import type { Level } from "../../diff/change.js";
import { diffContracts } from "../../diff/contracts.js";
import { checkOut, parseRevision } from "../../diff/git-revision.js";
import { markdownChanges, textChanges } from "../../diff/report.js";
import { type DocumentInput, readContracts } from "../../pipeline/read-contracts.js";
import { type Command, choiceOption, flag, type Given, UsageError } from "../command.js";
import { textReport } from "../report/report.js";
import type { Terminal } from "../report/terminal.js";

/** `sagaspec diff OLD NEW`: what breaks for those who stay with the old document. */
export const command: Command = {
  usage: "OLD NEW   (files, or git:REVISION:PATH)",
  options: {
    format: { type: "string", about: "text, json or markdown" },
    json: { type: "boolean", about: "the same as --format json" },
    "fail-on": { type: "string", about: "exit with 1 on: breaking (default), unknown (or breaking), none" },
    perspective: { type: "string", about: "whose view publish and subscribe take in 2.x: application, client" },
  },
  async run(given, terminal) {
    const [before, after, ...more] = given.positionals;
    if (before === undefined || after === undefined || more.length > 0) {
      throw new UsageError("diff takes two documents: sagaspec diff OLD NEW");
    }
    const format = flag(given, "json")
      ? "json"
      : (choiceOption(given, "format", ["text", "json", "markdown"]) ?? "text");
    const failOn = choiceOption(given, "fail-on", ["breaking", "unknown", "none"]) ?? "breaking";
    const old = await read(before, given, terminal);
    // Both bear one name, whatever the files are called: it is part of every generated one.
    const now = old && (await read(after, given, terminal, old.service));
    if (!old || !now) return 1;

    const changes = diffContracts(old, now);
    if (format === "json") terminal.out(JSON.stringify({ service: now.service, changes }, null, 2));
    else if (format === "markdown") terminal.out(markdownChanges(changes, now.title));
    else terminal.out(textChanges(changes, terminal.color));
    return changes.some(({ level }) => fatal[failOn].includes(level)) ? 1 : 0;
  },
};

const fatal: { readonly [failOn in "breaking" | "unknown" | "none"]: readonly Level[] } = {
  breaking: ["breaking"],
  unknown: ["breaking", "unknown"],
  none: [],
};

/** The contract of a document. Where there is none, its problems are told. */
async function read(name: string, given: Given, terminal: Terminal, service?: string): Promise<Contract | undefined> {
  const revision = parseRevision(name);
  const checkedOut = revision && (await checkOut(revision, terminal.cwd));
  const cwd = checkedOut?.folder ?? terminal.cwd;
  const perspective = choiceOption(given, "perspective", ["application", "client"]);
  const input: DocumentInput = {
    path: checkedOut?.path ?? name,
    ...(service !== undefined && { service }),
    ...(perspective !== undefined && { perspective }),
  };
  try {
    // Whether a document keeps every rule is the business of validate.
    const { contracts, diagnostics } = await readContracts([input], { cwd, lenient: true, rulesFound: () => [] });
    const [contract] = contracts;
    if (!contract) terminal.note(textReport(diagnostics, cwd, terminal.color));
    return contract;
  } finally {
    await checkedOut?.remove();
  }
}
