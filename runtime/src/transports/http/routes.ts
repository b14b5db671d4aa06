/** Which subscriptions a request is for: by the segments of its path, and its method. */
import type { Endpoint } from "../../messaging/transport.js";
import { planOf } from "../../wire/operation-plan.js";
import type { AnyOperation } from "../../wire/operations.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import { type DeclaredHeaders, requestHeaders } from "./headers.js";

/** A place where requests are taken. */
export interface HttpRoute {
  readonly endpoint: Endpoint;
  readonly queue: DeliveryQueue;
  /** What may arrive, by method. Without a contract anything may, by POST. */
  readonly methods: ReadonlyMap<string, MethodRoute>;
}

export interface MethodRoute {
  readonly operations: readonly AnyOperation[];
  readonly headers: DeclaredHeaders;
}

export interface FoundRoute {
  readonly route: HttpRoute;
  /** Values of the parameters in the path, decoded. */
  readonly parameters: { readonly [name: string]: string };
}

interface Pattern {
  readonly names: readonly string[];
  readonly segments: readonly (RegExp | string)[];
  readonly openness: number;
  readonly routes: HttpRoute[];
}

/** The method of an operation: as its binding says, else POST with a message and GET without one. */
export function methodOf({ bindings, message }: AnyOperation): string {
  const declared = bindings?.http?.method;
  if (typeof declared === "string" && declared !== "") return declared.toUpperCase();
  const isEmpty = message.payload === undefined && (message.contentType ?? "application/json") === "application/json";
  return isEmpty ? "GET" : "POST";
}

/** An address as a path: it begins with a slash, and is joined with one. */
export function pathOf(base: string, address: string): string {
  const path = address.startsWith("/") ? address : `/${address}`;
  return base.endsWith("/") ? base.slice(0, -1) + path : base + path;
}

export function methodsOf(operations: readonly AnyOperation[] | undefined): ReadonlyMap<string, MethodRoute> {
  if (!operations) return new Map([["POST", { operations: [], headers: new Map() }]]);
  const byMethod = new Map<string, AnyOperation[]>();
  for (const operation of operations) {
    const method = methodOf(operation);
    byMethod.set(method, [...(byMethod.get(method) ?? []), operation]);
  }
  return new Map([...byMethod].map(([method, some]) => [method, { operations: some, headers: requestHeaders(some) }]));
}

export interface RouteTable {
  add(path: string, route: HttpRoute): void;
  remove(path: string, route: HttpRoute): void;
  /** All routes of the first pattern that fits. @throws URIError for a path that is wrongly encoded */
  find(path: string): readonly FoundRoute[];
}

export function createRouteTable(): RouteTable {
  const byPath = new Map<string, Pattern>();
  let sorted: readonly Pattern[] = [];

  return {
    add(path, route) {
      let pattern = byPath.get(path);
      if (!pattern) {
        pattern = patternOf(path);
        byPath.set(path, pattern);
        // The fewer parameters, the sooner it is tried.
        sorted = [...byPath.values()].sort((one, other) => one.openness - other.openness);
      }
      pattern.routes.push(route);
    },
    remove(path, route) {
      const pattern = byPath.get(path);
      if (!pattern) return;
      pattern.routes.splice(pattern.routes.indexOf(route), 1);
      if (pattern.routes.length > 0) return;
      byPath.delete(path);
      sorted = [...byPath.values()].sort((one, other) => one.openness - other.openness);
    },
    find(path) {
      const segments = path.split("/").map(decodeURIComponent);
      for (const { names, segments: wanted, routes } of sorted) {
        const values = matchSegments(wanted, segments);
        if (!values) continue;
        const parameters = Object.fromEntries(names.map((name, index) => [name, values[index] as string]));
        return routes.map((route) => ({ route, parameters }));
      }
      return [];
    },
  };
}

function patternOf(path: string): Pattern {
  const names = Array.from(path.matchAll(/\{([^{}]+)\}/g), (match) => match[1] as string);
  const segments = path.split("/").map((segment) => {
    if (!segment.includes("{")) return segment;
    const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    // A value does not reach over the character that follows it: so no path takes long to match.
    const [first = "", ...rest] = segment.split(/\{[^{}]+\}/);
    const values = rest.map((text) => `(${text === "" ? "." : `[^${literal(text.charAt(0))}]`}+)${literal(text)}`);
    return new RegExp(`^${literal(first)}${values.join("")}$`, "s");
  });
  return { names, segments, openness: names.length, routes: [] };
}

function matchSegments(wanted: readonly (RegExp | string)[], given: readonly string[]): string[] | undefined {
  if (wanted.length !== given.length) return undefined;
  const values: string[] = [];
  for (const [index, one] of wanted.entries()) {
    const segment = given[index] as string;
    if (typeof one === "string") {
      if (one !== segment) return undefined;
      continue;
    }
    const match = one.exec(segment);
    if (!match) return undefined;
    values.push(...match.slice(1));
  }
  return values;
}

/** The name under which the only message of these operations goes; empty where it has to be told by what it carries. */
export function onlyName(operations: readonly AnyOperation[]): string {
  const [only] = operations;
  return only && operations.length === 1 ? planOf(only).format.wireName : "";
}
