import { createHttpTransport, type HttpTransport } from "@sagaspec/runtime/http";
import { afterAll } from "vitest";
import { type HttpHost, serveHttp } from "../../support/http-host.js";
import { transportConformance } from "./transport.js";

const hosts: HttpHost[] = [];
afterAll(() => Promise.all(hosts.map((host) => host.close())));

transportConformance("http", async () => {
  const host = await serveHttp((request, response) => transport.listener(request, response));
  hosts.push(host);
  const transport: HttpTransport = createHttpTransport({ server: host.url, onProblem() {} });
  return { transport };
});
