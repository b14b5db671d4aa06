/** Bodies of requests and responses: read to the end, within bounds of size and time, and decompressed within them too. */
import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** Why a body was not read. */
export class BodyError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, text: string) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export interface BodyLimits {
  /** Of what travels, and of what it is after decompression. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const decoders: { readonly [encoding: string]: () => Transform } = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

const empty = Buffer.alloc(0);

/**
 * The body, as it was before `content-encoding`.
 * @throws BodyError 408 too slow, 413 too large, 415 an unknown encoding, 400 broken or cut off
 */
export function readBody(message: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const encoding = message.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  const decoder = encoding === "" || encoding === "identity" ? undefined : decoders[encoding];
  if (encoding !== "" && encoding !== "identity" && !decoder) {
    return Promise.reject(
      new BodyError(415, "unknown-encoding", `the content encoding "${encoding.slice(0, 50)}" is not known`),
    );
  }
  const tooLarge = () => new BodyError(413, "too-large", `the body is larger than ${limits.maxBytes} bytes`);
  if (Number(message.headers["content-length"] ?? 0) > limits.maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const decoding = decoder?.();
    let wire = 0;
    let size = 0;
    let isOver = false;
    let hasEnded = false;
    const slow = () => fail(new BodyError(408, "too-slow", `the body did not come within ${limits.timeoutMs} ms`));
    const timer = setTimeout(slow, limits.timeoutMs);

    function end(): boolean {
      if (isOver) return false;
      isOver = true;
      clearTimeout(timer);
      return true;
    }
    function fail(error: Error): void {
      if (!end()) return;
      decoding?.destroy();
      reject(error);
    }
    function keep(chunk: Buffer): void {
      size += chunk.length;
      if (size > limits.maxBytes) fail(tooLarge());
      else if (!isOver) chunks.push(chunk);
    }
    function complete(): void {
      if (end())
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : chunks.length === 0 ? empty : Buffer.concat(chunks));
    }

    if (decoding) {
      decoding.on("data", keep);
      decoding.on("end", complete);
      decoding.on("error", () => fail(new BodyError(400, "broken-body", `the body is no ${encoding}`)));
    }
    message.on("data", (chunk: Buffer) => {
      if (isOver) return;
      wire += chunk.length;
      if (wire > limits.maxBytes) fail(tooLarge());
      else if (decoding) decoding.write(chunk);
      else keep(chunk);
    });
    message.on("end", () => {
      hasEnded = true;
      if (!message.complete) fail(cutOff());
      else if (decoding && wire > 0) decoding.end();
      else complete();
    });
    message.on("error", () => fail(cutOff()));
    // What has come whole may still be under decompression.
    message.on("close", () => {
      if (!hasEnded) fail(cutOff());
    });
  });
}

function cutOff(): BodyError {
  return new BodyError(400, "cut-off", "the connection ended before the body");
}

/**
 * The body of a request that a framework may have read: what it has kept of the bytes, else what comes.
 * @throws BodyError as {@link readBody}, and 500 where the bytes are gone
 */
export function readRequestBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const { rawBody, body } = request as IncomingMessage & { readonly rawBody?: unknown; readonly body?: unknown };
  for (const kept of [rawBody, body]) {
    if (kept instanceof Uint8Array) return within(Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength), limits);
  }
  if (typeof rawBody === "string") return within(Buffer.from(rawBody), limits);
  if (!request.readableEnded && !request.readableDidRead) return readBody(request, limits);
  const { "content-length": length, "transfer-encoding": chunked } = request.headers;
  if (chunked === undefined && Number(length ?? 0) === 0) return Promise.resolve(empty);
  const cure = "mount the listener before the body parser, or let the parser keep the bytes in request.rawBody";
  return Promise.reject(new BodyError(500, "body-gone", `the body was read before it came here; ${cure}`));
}

async function within(body: Buffer, { maxBytes }: BodyLimits): Promise<Buffer> {
  if (body.length <= maxBytes) return body;
  throw new BodyError(413, "too-large", `the body is larger than ${maxBytes} bytes`);
}
