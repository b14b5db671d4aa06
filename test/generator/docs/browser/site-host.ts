import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** A site in a folder, and the same site on a web server, below a path. */
export interface SiteHost {
  /** Ends with `/`. */
  readonly fileUrl: string;
  readonly httpUrl: string;
  close(): Promise<void>;
}

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** Puts files where a browser can open them: with nothing but a static server's habits. */
export async function hostSite(files: ReadonlyMap<string, string>): Promise<SiteHost> {
  const folder = await mkdtemp(join(tmpdir(), "sagaspec-site-"));
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const base = "/below/a/path/";
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
    const name = path.startsWith(base) ? path.slice(base.length) : undefined;
    const content =
      name === undefined ? undefined : files.get(name === "" || name.endsWith("/") ? `${name}index.html` : name);
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": TYPES[extname(name ?? "") || ".html"] ?? "text/plain",
    });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    fileUrl: `${pathToFileURL(folder).href}/`,
    httpUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
