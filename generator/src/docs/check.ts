import { join } from "node:path";
import type { CheckCode, DocsOptions } from "../config/docs-options.js";
import type { Settings } from "../config/settings.js";
import type { Origin } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { isEmpty } from "../emit/payload.js";
import { parseSource, type Source } from "../load/files/source.js";
import { generate } from "../pipeline/generate.js";
import { readText } from "../pipeline/output.js";
import { brokenLinks } from "./links.js";
import type { SiteFile } from "./render.js";
import { type MessageEntry, type OperationEntry, type Service, type Site, sagasStartedBy, sagaUses } from "./site.js";

/** What a check needs to know beside the site. */
export interface CheckOptions {
  readonly files: readonly SiteFile[];
  /** Whether a program of this project handles the operation. */
  readonly implemented: (operation: OperationEntry) => boolean;
  readonly external: NonNullable<DocsOptions["external"]>;
  readonly severities?: DocsOptions["check"];
}

const SEVERITIES: Required<NonNullable<DocsOptions["check"]>> = {
  "broken-link": "error",
  "unused-operation": "warning",
  "undescribed-message": "info",
  "message-without-example": "info",
};

/** Problems of a site: broken links, operations that nothing else uses, messages without description or example. */
export function checkSite(site: Site, options: CheckOptions): readonly Diagnostic[] {
  const found = [
    ...site.services.flatMap((service) => [
      ...service.operations.flatMap((entry) => checkOperation(site, entry, options)),
      ...[...service.messages.values()].flatMap((entry) => checkMessage(service, entry)),
    ]),
    ...brokenLinks(options.files).map(({ page, link }): Diagnostic => {
      const message = `a link leads to ${link}, which is not in the site`;
      return { severity: "error", code: "broken-link", message, hint: "correct the link", file: page };
    }),
  ];
  const severities: { readonly [code: string]: Diagnostic["severity"] | "off" | undefined } = {
    ...SEVERITIES,
    ...options.severities,
  };
  return found.flatMap((one) => {
    const severity = severities[one.code] ?? one.severity;
    return severity === "off" ? [] : [{ ...one, severity }];
  });
}

function checkOperation(
  site: Site,
  entry: OperationEntry,
  { implemented, external }: CheckOptions,
): readonly Diagnostic[] {
  const { operation } = entry;
  const used =
    site.flows.some((flow) => flow.operation === operation.id || flow.sentBy === operation.id) ||
    sagaUses(site, entry).length > 0 ||
    sagasStartedBy(site, entry).length > 0;
  const outside = external.some((name) => [operation.id, `${entry.service}.*`, "*"].includes(name));
  if (used || outside || implemented(entry)) return [];
  const what = operation.action === "receive" ? "nobody implements or uses" : "nobody receives";
  const hint = `if its other end is elsewhere, say so: docs: { external: ["${operation.id}"] }`;
  return [finding("unused-operation", `${what} ${operation.id}`, hint, operation.origin)];
}

function checkMessage(service: Service, { message }: MessageEntry): readonly Diagnostic[] {
  const { payload, origin, key } = message;
  const type = typeof payload === "object" && payload.$ref !== undefined ? service.types.get(payload.$ref) : undefined;
  const described = message.summary ?? message.description ?? type?.description;
  const findings: Diagnostic[] = [];
  if (described === undefined) {
    findings.push(finding("undescribed-message", `the message ${key} has no description`, "add a `summary`", origin));
  }
  if (message.examples.length === 0 && !isEmpty(message)) {
    findings.push(finding("message-without-example", `the message ${key} has no example`, "add `examples`", origin));
  }
  return findings;
}

function finding(code: CheckCode, message: string, hint: string, { file, pointer }: Origin): Diagnostic {
  return { severity: "warning", code, message, hint, file, pointer };
}

/** Which operations the handlers of the project implement. A stub that still throws does not count. */
export async function findImplemented(settings: Settings): Promise<(entry: OperationEntry) => boolean> {
  const { handlers } = await generate(settings, { dry: true });
  const offered = new Set(handlers.filter((report) => report.found).map((report) => report.service));
  const missing = handlers.flatMap((report) => [...report.added, ...report.unwritten]);
  return ({ operation, service }) =>
    operation.action === "receive" &&
    offered.has(service) &&
    !missing.some((id) => id === operation.id || id.startsWith(`${operation.id}.`));
}

/** Gives findings the line that their pointer stands on. */
export async function locate(findings: readonly Diagnostic[], root: string): Promise<readonly Diagnostic[]> {
  const sources = new Map<string, Source | undefined>();
  const located: Diagnostic[] = [];
  for (const finding of findings) {
    const { file, pointer } = finding;
    if (!sources.has(file)) sources.set(file, await readSource(file, root));
    const position = pointer === undefined ? undefined : sources.get(file)?.position(pointer.replace(/^#/, ""));
    located.push({ ...finding, ...position });
  }
  return located;
}

async function readSource(file: string, root: string): Promise<Source | undefined> {
  const text = await readText(join(root, file));
  return text === undefined ? undefined : parseSource(text, file, join(root, file));
}
