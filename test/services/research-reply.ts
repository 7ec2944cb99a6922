/** What the stand-ins for research repositories share: replies as data, and files with what a host says of them. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** One answer. */
export interface HostReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, a text, or anything else as JSON. */
  readonly body?: unknown;
}

/** What a stand-in is asked. */
export interface HostQuestion {
  /** Below the stand-in's own address, without a `/` at the start. Decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** The stand-in's own address, with a `/` at the end. */
  readonly base: string;
}

/** Answers a question, or says that it has none. */
export type Host = (question: HostQuestion) => HostReply | undefined;

export const digestOf = (algorithm: string, bytes: string): string => createHash(algorithm).update(bytes).digest("hex");
export const sizeOf = (bytes: string): number => Buffer.byteLength(bytes);
/** A payload as a host sends it. */
export const payload = (bytes: string): HostReply => ({
  headers: { "content-type": "application/octet-stream" },
  body: Buffer.from(bytes),
});
