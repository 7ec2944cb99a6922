/**
 * The record of each exchange as it went over the wire, for those who keep it: every hop and every try, with its headers
 * as they came and its body before any decoding. Secrets are taken out here, before anything is written.
 */
import { createHash } from "node:crypto";
import { redactUrl } from "../model/redact.ts";
import type { Outgoing } from "./http-ask.ts";
import { isSecretHeader, maskReply, maskText } from "./http-record-mask.ts";
import type { Unsaid } from "./http-unsaid.ts";

/** Bytes of one body that are written down; of a longer one its beginning is, with the size and digest of all. */
export const RECORDED_BODY_MAX_BYTES = 1024 * 1024;
const MASK = "***";

export type HeaderLine = readonly [name: string, value: string];

/** One request and what came of it. Plain JSON beside the body's bytes; holds no secrets. */
export interface RecordedExchange {
  readonly url: string;
  /** ISO 8601 UTC: when the request was sent. */
  readonly time: string;
  /** Counted within one client. */
  readonly sequence: number;
  /** The peer that answered. */
  readonly address?: string;
  readonly request: { readonly line: string; readonly headers: readonly HeaderLine[]; readonly body?: string };
  /** Absent where no answer came. */
  readonly response?: { readonly line: string; readonly headers: readonly HeaderLine[] };
  /** Everything that came of the body. */
  readonly payload: { readonly size: number; readonly sha256: string };
  /** False where the answer was left or broke off before its end. */
  readonly complete: boolean;
  /** Bytes of it that are written down, as they stand there. */
  readonly kept: number;
  /** Set where what is written down is not what came: secrets were masked, or nothing could be searched for them. */
  readonly altered?: "masked" | "withheld";
  /** Why the exchange did not come to its end. */
  readonly fault?: { readonly reason: string; readonly message: string };
}

/** Begins the record of each exchange. */
export interface ExchangeRecorder {
  start(question: RecordedQuestion): Recording;
  close(): void;
}

/** Takes whole exchanges, one after the other. */
export type WriteExchange = (exchange: RecordedExchange, body: Uint8Array) => void;

/** How an exchange ended. */
export interface RecordedEnd {
  /** False where bytes of the answer may not have come. */
  readonly complete: boolean;
  readonly fault: { readonly reason: string; readonly message: string } | undefined;
  /** The peer. */
  readonly address: string | undefined;
}

/** One exchange under way. */
export interface Recording {
  head(httpStatus: number, statusText: string, raw: readonly (Buffer | string)[]): void;
  /** The chunk belongs to the connection: what is kept is copied. */
  body(chunk: Uint8Array): void;
  end(how: RecordedEnd): void;
}

/** What begins an exchange. */
export interface RecordedQuestion {
  /** Before the credential was added: that one is not even masked. */
  readonly plain: Outgoing;
  readonly sent: Outgoing;
  readonly unsaid: Unsaid;
  /** Whether a good answer's body is bytes of the release, which must stay what they are, or a host's own words. */
  readonly asks: "payload" | "reply";
  readonly sequence: number;
}

/** Begins the record of one request. */
export function startRecording(write: WriteExchange, question: RecordedQuestion): Recording {
  const { plain, unsaid } = question;
  const url = unsaid.text(redactUrl(plain.url.href));
  const time = new Date().toISOString();
  const hash = createHash("sha256");
  let chunks: Buffer[] = [];
  let held = 0;
  let size = 0;
  let status = 0;
  let response: RecordedExchange["response"];
  let ended = false;

  const bodyOf = (): { bytes: Uint8Array; altered?: "masked" | "withheld" } => {
    const bytes = Buffer.concat(chunks);
    const isPayload = question.asks === "payload" && status >= 200 && status < 300;
    if (isPayload) {
      const left = unsaid.bytes(bytes);
      return left === bytes ? { bytes } : { bytes: left, altered: "masked" };
    }
    const coding = response?.headers.find(([name]) => name.toLowerCase() === "content-encoding")?.[1];
    const searched = bytes.length === 0 ? { bytes, masked: false } : maskReply(bytes, coding, unsaid.text);
    if (searched === undefined) return { bytes: Buffer.alloc(0), altered: "withheld" };
    return searched.masked ? { bytes: searched.bytes, altered: "masked" } : { bytes };
  };

  return {
    head(httpStatus, statusText, raw) {
      status = httpStatus;
      response = {
        line: `HTTP/1.1 ${httpStatus} ${oneLine(statusText)}`.trimEnd(),
        headers: responseHeaders(raw, unsaid),
      };
    },
    body(chunk) {
      size += chunk.length;
      hash.update(chunk);
      const room = RECORDED_BODY_MAX_BYTES - held;
      if (room <= 0) return;
      chunks.push(Buffer.from(chunk.subarray(0, room)));
      held += Math.min(room, chunk.length);
    },
    end({ complete, fault, address }) {
      if (ended) return;
      ended = true;
      const { bytes, altered } = bodyOf();
      chunks = [];
      const exchange: RecordedExchange = {
        url,
        time,
        sequence: question.sequence,
        ...(address === undefined ? {} : { address }),
        request: requestOf(question),
        ...(response === undefined ? {} : { response }),
        payload: { size, sha256: hash.digest("hex") },
        complete,
        kept: bytes.length,
        ...(altered === undefined ? {} : { altered }),
        ...(fault === undefined
          ? {}
          : { fault: { reason: fault.reason, message: unsaid.text(maskText(fault.message)) } }),
      };
      write(exchange, bytes);
    },
  };
}

function requestOf({ plain, sent, unsaid }: RecordedQuestion): RecordedExchange["request"] {
  const target = unsaid.text(redactUrl(plain.url.pathname + plain.url.search));
  const headers = Object.entries(sent.headers).map(([name, value]): HeaderLine => {
    // What the credential added is one, whatever it is called.
    const isOwn = plain.headers[name] !== value;
    return [name, isOwn || isSecretHeader(name) ? MASK : oneLine(unsaid.text(maskText(value)))];
  });
  const body = sent.body === undefined ? undefined : unsaid.text(maskText(sent.body));
  return {
    line: `${sent.method} ${oneLine(target)} HTTP/1.1`,
    headers: [["host", plain.url.host], ["connection", "keep-alive"], ...headers],
    ...(body === undefined ? {} : { body }),
  };
}

/** In the order and the spelling in which they came. */
function responseHeaders(raw: readonly (Buffer | string)[], unsaid: Unsaid): readonly HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [textOf(raw[at]), textOf(raw[at + 1])];
    const shown = name.toLowerCase() === "location" ? redactUrl(value) : maskText(value);
    lines.push([oneLine(name), isSecretHeader(name) ? MASK : oneLine(unsaid.text(shown))]);
  }
  return lines;
}

const textOf = (raw: Buffer | string | undefined): string =>
  typeof raw === "string" ? raw : (raw?.toString("latin1") ?? "");

/** A line's end in a header would begin another one. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
