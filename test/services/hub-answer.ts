/** How the hub of the tests answers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { StoredFile } from "./hub-files.ts";

export interface Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
}

/** A refusal, with the hub's own code where it has one. */
export function failed(status: number, code: string | undefined, message: string): Answer {
  const headers = { "x-error-message": message, ...(code === undefined ? {} : { "x-error-code": code }) };
  return {
    ...json({ error: message }),
    status,
    headers: { ...headers, "content-type": "application/json; charset=utf-8" },
  };
}

/** An answer that is JSON. */
export function json(body: unknown, headers: { readonly [name: string]: string } = {}): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** A file, or the part of it that was asked for. */
export function bytesOf({ headers }: IncomingMessage, { bytes }: StoredFile, etag: string): Answer {
  const common = { etag, "accept-ranges": "bytes", "content-type": "application/octet-stream" };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (from === undefined) return { status: 200, headers: common, body: bytes };
  const start = Number(from);
  const total = bytes.length;
  if (start >= total) return { status: 416, headers: { ...common, "content-range": `bytes */${total}` } };
  const end = to === undefined || to === "" ? total - 1 : Math.min(Number(to), total - 1);
  const range = { "content-range": `bytes ${start}-${end}/${total}` };
  return { status: 206, headers: { ...common, ...range }, body: bytes.subarray(start, end + 1) };
}

/** Sends it; the head alone where that was asked for. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = "" }: Answer,
): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(request.method === "HEAD" ? undefined : body);
}
