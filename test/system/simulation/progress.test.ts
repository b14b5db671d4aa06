import { simulate } from "@sagaspec/runtime/testing";
import { afterEach, expect, test, vi } from "vitest";
import { createOrder, order } from "../../support/saga/create-order.js";

const { isTTY } = process.stderr;
afterEach(() => {
  process.stderr.isTTY = isTTY;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function written(
  terminal: { readonly isTTY: boolean; readonly CI?: string; readonly TERM?: string },
  progress?: boolean,
) {
  process.stderr.isTTY = terminal.isTTY;
  vi.stubEnv("CI", terminal.CI ?? "");
  vi.stubEnv("TERM", terminal.TERM ?? "xterm");
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  await simulate({
    sagas: [{ saga: createOrder, inputs: [order] }],
    runs: 3,
    ...(progress !== undefined && { progress }),
  });
  vi.restoreAllMocks();
  return lines;
}

test("a terminal shows how many histories have been played, on one line that is gone in the end", async () => {
  const lines = await written({ isTTY: true });
  expect(lines[0]).toBe("\r\u001b[2Ksimulation: 0 of 3 histories");
  expect(lines.join("")).not.toContain("\n");
  expect(lines.at(-1)).toBe("\r\u001b[2K");
});

test("nothing is shown on a pipe, in CI, on a dumb terminal, or where it is not wanted", async () => {
  expect(await written({ isTTY: false })).toEqual([]);
  expect(await written({ isTTY: true, CI: "true" })).toEqual([]);
  expect(await written({ isTTY: true, TERM: "dumb" })).toEqual([]);
  expect(await written({ isTTY: true }, false)).toEqual([]);
});
