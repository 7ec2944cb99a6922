import type { Hazard } from "../model/evidence.ts";
import type { NamePromise } from "./name-promise.ts";

/** A host's excuse is short. */
const maxExcuseBytes = 16 * 1024;
const maxPhraseBytes = 1024;
const xmlError = /^\s{0,99}(?:<\?xml[^>]{0,200}>\s{0,99})?<Error(?:\s[^>]{0,200})?>/;
const xmlCode = /<Code>([\w.-]{1,64})<\/Code>/;
const phrase =
  /^\s{0,9}(?:entry not found|(?:file |page )?not found|404\b|403\b|401\b|429\b|50[0-4]\b|access denied|access to (?:model|dataset) |forbidden|unauthori[sz]ed|invalid username or password|(?:repository|revision) not found|too many requests|rate limit|service unavailable|bad gateway|internal server error|gateway time-?out|no such (?:key|file)|error:|an error occurred)/i;
/** Tables are texts, but never one JSON object. */
const tableName = /\.(?:csv|tsv)$/i;
const statusKeys = ["status", "statusCode", "status_code", "code", "documentation_url", "request_id", "requestId"];

/** The small text that a host sends instead of the file: where the name promises something else, never in JSON's own files. */
export function findErrorBody(
  path: string,
  promise: NamePromise,
  head: Uint8Array,
  size: number | undefined,
): Hazard | undefined {
  const bytes = size ?? head.length;
  if (promise.kind === "markup" || bytes > maxExcuseBytes || bytes > head.length) return undefined;
  const first = firstCharacter(head);
  const data = promise.kind === "binary" || tableName.test(path);
  // Texts that begin like texts are not even decoded.
  if (first === undefined || (first !== "<" && !data)) return undefined;
  if (first !== "<" && first !== "{" && bytes > maxPhraseBytes) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, bytes)
    .toString("utf8")
    .replace(/^\ufeff/, "");
  if (first === "<") {
    const code = xmlError.test(text) ? xmlCode.exec(text)?.[1] : undefined;
    return code === undefined ? undefined : excuse(`an XML error body with the code \`${code}\``);
  }
  if (first === "{") {
    const said = readJsonError(text);
    return said === undefined ? undefined : excuse(`a JSON error body: ${said}`);
  }
  if (promise.kind === "binary" && bytes <= maxPhraseBytes && phrase.test(text) && !text.includes("\0")) {
    return excuse(`a text instead of data: ${text.trim().slice(0, 100)}`);
  }
  return undefined;
}

const excuse = (detail: string): Hazard => ({ code: "error-body", detail });
const maxSpace = 100;

/** The first character that is no white space; undefined when the bytes do not begin as ASCII text does. */
function firstCharacter(head: Uint8Array): string | undefined {
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  for (let at = start; at < start + maxSpace; at++) {
    const byte = head[at] ?? 0;
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : undefined;
  }
  return undefined;
}

/** What a JSON error says, in a few words; undefined for JSON that is no error. */
function readJsonError(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(body));
  const said = fields.get("error") ?? fields.get("errors") ?? fields.get("message") ?? fields.get("detail");
  if (said === undefined || said === null) return undefined;
  const isError =
    fields.has("error") || fields.has("errors") || fields.size === 1 || statusKeys.some((key) => fields.has(key));
  return isError ? (typeof said === "string" ? said : JSON.stringify(said)).slice(0, 100) : undefined;
}
