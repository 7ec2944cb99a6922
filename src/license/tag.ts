/** SPDX-License-Identifier tags at the head of a file. */
import type { LicenseSighting } from "../model/evidence.ts";
import { parseLicense } from "../model/license.ts";

/** Bytes of a file in which a tag is looked for. */
export const tagHeadBytes = 8 * 1024;
/** Tags of one file that are read; more than one all apply. */
const tagLimit = 8;
const marker = "SPDX-License-Identifier:";
/** What closes a comment, a quotation or a code span after the expression. */
const closing = /\s*(?:\*\/|-->|#\}|\*\)|"""|'''|[`"';])+\s*$/;

/** Reads the tags in the first bytes of a file; costs one search where there is none. */
export function readTag(head: Uint8Array, path = ""): LicenseSighting | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, tagHeadBytes));
  let at = bytes.indexOf(marker);
  // A NUL says that this is no text, whatever words lie in it.
  if (at < 0 || bytes.includes(0)) return undefined;
  const first = at;
  const found = new Map<string, string | undefined>();
  for (; at >= 0 && found.size < tagLimit; at = bytes.indexOf(marker, at + marker.length)) {
    const end = bytes.indexOf(0x0a, at);
    const raw = bytes
      .toString("utf8", at + marker.length, end < 0 ? bytes.length : end)
      .replace(closing, "")
      .trim();
    const parsed = parseLicense(raw);
    found.set(raw, "expression" in parsed ? parsed.expression : undefined);
  }
  const raw = [...found.keys()].join(" AND ");
  const line = bytes.subarray(0, first).filter((byte) => byte === 0x0a).length + 1;
  const expressions = [...new Set(found.values())];
  const common = { source: "tag", path, line, raw } as const;
  if (expressions.some((expression) => expression === undefined)) return { ...common, verdict: "unknown" };
  const joined = expressions.length === 1 ? expressions[0] : expressions.map((one) => `(${one})`).join(" AND ");
  const whole = joined === undefined ? undefined : parseLicense(joined);
  return whole !== undefined && "expression" in whole && whole.expression !== undefined
    ? { ...common, expression: whole.expression, verdict: "exact" }
    : { ...common, verdict: "unknown" };
}
