/** One recorded exchange as the records of a web archive: response or revisit, request, and what is to be said of both. */
import type { HeaderLine, RecordedExchange } from "../io/http-record.ts";
import type { EntrySource } from "./contents.ts";
import { labelledDigest, type WarcRecord } from "./warc-record.ts";

/** A payload that the archive keeps beside the exchanges. */
export interface KeptPayload {
  /** Where in the archive. */
  readonly name: string;
  /** Where its bytes are now; given when the web archive is to hold them too. */
  readonly from?: string | undefined;
}

/** An exchange, ready to be written. */
export interface WarcExchange {
  readonly exchange: RecordedExchange;
  /** What of the body was written down. */
  readonly body: Uint8Array;
  /** When it is to have happened; the recorded time where absent. */
  readonly date?: string | undefined;
  /** Set where the archive keeps this body's bytes. */
  readonly kept?: KeptPayload | undefined;
}

/** Bodies up to this are in the web archive whatever is kept beside it, in bytes. */
export const WARC_WHOLE_MAX_BYTES = 64 * 1024;

const REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/** Faults that are the clock's. */
const TIMED: ReadonlySet<string> = new Set(["stalled", "too-slow", "headers-timeout"]);
/** Ours, or the user's. */
const LEFT: ReadonlySet<string> = new Set(["interrupted", "too-large", "overlong"]);

/** Whether a body that is kept elsewhere may stand for this answer's: all of it came, and nothing was taken out. */
export function mayStandIn({ response, payload, complete, altered }: RecordedExchange): boolean {
  const status = response?.line.split(" ")[1];
  return (
    complete && altered === undefined && payload.size > WARC_WHOLE_MAX_BYTES && (status === "200" || status === "203")
  );
}

/** The answer's record; undefined where none came. */
export function answerRecord({ exchange, body, date, kept }: WarcExchange): WarcRecord | undefined {
  const { response, payload, altered } = exchange;
  if (response === undefined) return undefined;
  const standIn = kept !== undefined && mayStandIn(exchange) ? kept : undefined;
  const head = httpHead(response.line, response.headers.map(storedHeader(altered !== undefined)));
  const base = {
    date: date ?? exchange.time,
    targetUri: exchange.url,
    contentType: "application/http; msgtype=response",
    head,
  };
  if (standIn !== undefined && standIn.from === undefined) {
    return {
      ...base,
      type: "revisit",
      fields: [...address(exchange), ["WARC-Profile", REVISIT_PROFILE], ["WARC-Truncated", "length"]],
      payloadDigest: labelledDigest(payload.sha256),
    };
  }
  const source: EntrySource = standIn?.from === undefined ? { bytes: body } : { from: standIn.from };
  const truncated = standIn === undefined ? truncation(exchange) : undefined;
  return {
    ...base,
    type: "response",
    fields: [...address(exchange), ...(truncated === undefined ? [] : [["WARC-Truncated", truncated] as const])],
    payload: source,
  };
}

/** The request's record. */
export function requestRecord({ exchange, date }: WarcExchange, answerId: string | undefined): WarcRecord {
  const { line, headers, body = "" } = exchange.request;
  return {
    type: "request",
    date: date ?? exchange.time,
    targetUri: exchange.url,
    contentType: "application/http; msgtype=request",
    fields: [...address(exchange), ...concurrent(answerId)],
    head: Buffer.concat([httpHead(line, headers), Buffer.from(body)]),
  };
}

/** What the other records do not say; undefined where there is nothing. */
export function factsRecord(
  { exchange, date, kept }: WarcExchange,
  answerId: string | undefined,
): WarcRecord | undefined {
  const { payload, complete, altered, fault } = exchange;
  const standsIn = kept !== undefined && mayStandIn(exchange);
  const isCut = exchange.kept < payload.size && altered === undefined && !standsIn;
  const facts: (readonly [string, string])[] = [];
  if (standsIn || isCut || altered !== undefined) {
    facts.push(["payload-size", String(payload.size)], ["payload-sha256", payload.sha256]);
  }
  if (standsIn) facts.push(["payload-kept-in", kept.name]);
  if (altered === "masked") facts.push(["payload-altered", "secrets in it were replaced by ***"]);
  if (altered === "withheld") facts.push(["payload-withheld", "it could not be searched for secrets"]);
  if (!complete) facts.push(["answer-complete", "no"]);
  if (fault !== undefined) facts.push(["fault", `${fault.reason}: ${fault.message}`]);
  if (facts.length === 0) return undefined;
  return {
    type: "metadata",
    date: date ?? exchange.time,
    targetUri: exchange.url,
    contentType: "application/warc-fields",
    fields: concurrent(answerId),
    head: warcFields(facts),
  };
}

/** The block of a `warcinfo` or a `metadata`: a field a line. */
export function warcFields(fields: readonly (readonly [name: string, value: string])[]): Uint8Array {
  return Buffer.from(fields.map(([name, value]) => `${name}: ${value.replace(/\p{Cc}+/gu, " ")}\r\n`).join(""));
}

function httpHead(line: string, headers: readonly HeaderLine[]): Buffer {
  // Header bytes are latin1 by the parser: what was not ASCII stays the byte that it was.
  const lines = [line, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/**
 * The body lies there without its chunks, and an altered one with another length and without its coding: a header that
 * says otherwise is kept under the name that archives use for such.
 */
const storedHeader =
  (altered: boolean) =>
  ([name, value]: HeaderLine): HeaderLine => {
    const lower = name.toLowerCase();
    const isFalse =
      lower === "transfer-encoding" || (altered && (lower === "content-length" || lower === "content-encoding"));
    return isFalse ? [`X-Archive-Orig-${name}`, value] : [name, value];
  };

function truncation({ kept, payload, complete, altered, fault }: RecordedExchange): string | undefined {
  if (altered === undefined && kept < payload.size) return "length";
  if (altered === "withheld") return "unspecified";
  if (complete) return undefined;
  if (fault === undefined || LEFT.has(fault.reason)) return "unspecified";
  return TIMED.has(fault.reason) ? "time" : "disconnect";
}

const address = ({ address: peer }: RecordedExchange): readonly (readonly [string, string])[] =>
  peer === undefined ? [] : [["WARC-IP-Address", peer]];

const concurrent = (id: string | undefined): readonly (readonly [string, string])[] =>
  id === undefined ? [] : [["WARC-Concurrent-To", id]];
