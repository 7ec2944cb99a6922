/** One WARC/1.1 record as bytes: header, block, and a gzip member of its own. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGzip, gzipSync } from "node:zlib";
import type { EntrySource } from "./contents.ts";

export type WarcType = "warcinfo" | "request" | "response" | "revisit" | "metadata";

/** A record before its digests are known. */
export interface WarcRecord {
  readonly type: WarcType;
  /** ISO 8601 UTC. */
  readonly date: string;
  readonly targetUri?: string | undefined;
  /** Of the block. */
  readonly contentType: string;
  /** Further named fields, in the order in which they are written. */
  readonly fields?: readonly (readonly [name: string, value: string])[] | undefined;
  /** What the block begins with: an HTTP head, or all of it. */
  readonly head: Uint8Array;
  readonly payload?: EntrySource | undefined;
  /** Where the payload has a digest that readers look for. */
  readonly payloadDigest?: string | undefined;
}

/** What is compressed at a time, in bytes. */
const BLOCK_BYTES = 256 * 1024;
const CRLF = "\r\n";

/** A record's identifier and its compressed bytes. */
export interface EncodedRecord {
  /** With its angle brackets. */
  readonly id: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Encodes a record. Its identifier is made of its content and its number, so that the same exchanges give the same file.
 */
export async function encodeRecord(record: WarcRecord, number: number): Promise<EncodedRecord> {
  const { head, payload } = record;
  const block = createHash("sha256").update(head);
  const own = createHash("sha256");
  let size = head.length;
  if (payload !== undefined && "bytes" in payload) {
    block.update(payload.bytes);
    own.update(payload.bytes);
    size += payload.bytes.length;
  } else if (payload !== undefined) size += await readInto([block, own], payload.from);
  const blockDigest = label(block);
  const payloadDigest = record.payloadDigest ?? (hasPayload(record) ? label(own) : undefined);
  const id = idOf([record.type, record.targetUri ?? "", record.date, blockDigest, payloadDigest ?? "", String(number)]);
  const lines = [
    "WARC/1.1",
    `WARC-Type: ${record.type}`,
    `WARC-Record-ID: ${id}`,
    `WARC-Date: ${record.date}`,
    ...(record.targetUri === undefined ? [] : [`WARC-Target-URI: ${fieldValue(record.targetUri)}`]),
    ...(record.fields ?? []).map(([name, value]) => `${name}: ${fieldValue(value)}`),
    `WARC-Block-Digest: ${blockDigest}`,
    ...(payloadDigest === undefined ? [] : [`WARC-Payload-Digest: ${payloadDigest}`]),
    `Content-Type: ${record.contentType}`,
    `Content-Length: ${size}`,
  ];
  const start = Buffer.concat([Buffer.from(lines.join(CRLF) + CRLF + CRLF), head]);
  const end = Buffer.from(CRLF + CRLF);
  if (payload === undefined || "bytes" in payload) {
    const bytes = payload === undefined ? [start, end] : [start, payload.bytes, end];
    return { id, bytes: once(gzipSync(Buffer.concat(bytes))) };
  }
  const { from } = payload;
  const expected = size - head.length;
  return { id, bytes: Readable.from(parts(start, from, expected, end)).pipe(createGzip({ chunkSize: BLOCK_BYTES })) };
}

/** `sha256:` and base32, as readers of such files expect it. */
export function labelledDigest(hex: string): string {
  return `sha256:${base32(Buffer.from(hex, "hex"))}`;
}

const hasPayload = ({ type }: WarcRecord): boolean => type === "response";

const label = (hash: Hash): string => labelledDigest(hash.digest("hex"));

async function readInto(hashes: readonly Hash[], from: string): Promise<number> {
  let size = 0;
  for await (const chunk of createReadStream(from, { highWaterMark: BLOCK_BYTES })) {
    if (!Buffer.isBuffer(chunk)) continue;
    for (const hash of hashes) hash.update(chunk);
    size += chunk.length;
  }
  return size;
}

/** The length stands in the header already: a file that changed meanwhile would make all that follows unreadable. */
async function* parts(start: Uint8Array, from: string, expected: number, end: Uint8Array): AsyncGenerator<Uint8Array> {
  yield start;
  let size = 0;
  for await (const chunk of createReadStream(from, { highWaterMark: BLOCK_BYTES })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    yield chunk;
  }
  if (size !== expected) throw new Error(`\`${from}\` changed while it was archived: ${(await stat(from)).size} bytes`);
  yield end;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A UUID of version 8, whose bits are the maker's own (RFC 9562): here those of a digest. */
function idOf(parts: readonly string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `<urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")}>`;
}

/** Foreign text in a field can not begin another one. */
function fieldValue(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE32_GROUP = 8;

/** RFC 4648, with padding. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
  }
  if (bits > 0) text += BASE32[(held << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / BASE32_GROUP) * BASE32_GROUP, "=");
}
