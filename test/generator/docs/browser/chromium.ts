import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/**
 * Where Chromium is: `CHROMIUM_PATH`, else on the PATH. Undefined, with a message, when there is none; with
 * `REQUIRE_SERVICES=1` that is an error instead.
 */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const candidates = [
    process.env.CHROMIUM_PATH ?? "",
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
  ];
  const found = candidates.find((path) => path !== "" && existsSync(path));
  if (found !== undefined) return found;
  const message = "no Chromium on the PATH; install one, or set CHROMIUM_PATH";
  if (process.env.REQUIRE_SERVICES === "1") throw new Error(message);
  console.warn(`skipped: ${message}`);
  return undefined;
}

/** A browser that talks to nobody by itself. */
export function launch(executablePath: string): Promise<Browser> {
  const quiet = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", ...quiet] });
}
