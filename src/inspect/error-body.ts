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
  if (promise.kind === "markup" || bytes > maxExcuseBytes || bytes > head.length || !startsAsText(head))
    return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, bytes)
    .toString("utf8")
    .replace(/^\ufeff/, "");
  const code = xmlError.test(text) ? xmlCode.exec(text)?.[1] : undefined;
  if (code !== undefined) return excuse(`an XML error body with the code \`${code}\``);
  if (promise.kind !== "binary" && !tableName.test(path)) return undefined;
  if (text.trimStart().startsWith("{")) {
    const said = readJsonError(text);
    return said === undefined ? undefined : excuse(`a JSON error body: ${said}`);
  }
  if (promise.kind === "binary" && bytes <= maxPhraseBytes && phrase.test(text) && !text.includes("\0")) {
    return excuse(`a text instead of data: ${text.trim().slice(0, 100)}`);
  }
  return undefined;
}

const excuse = (detail: string): Hazard => ({ code: "error-body", detail });

/** Letters, digits, white space, `<`, `{` and the byte-order mark. */
function startsAsText(head: Uint8Array): boolean {
  const first = head[0] ?? 0;
  if (first === 0xef) return head[1] === 0xbb;
  return first === 0x09 || first === 0x0a || first === 0x0d || (first >= 0x20 && first < 0x7f);
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
