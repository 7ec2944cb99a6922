import type { Format } from "./format.ts";
import { magicFormats } from "./magic.ts";
import { formats } from "./registry.ts";

const all: readonly Format[] = [...formats, ...magicFormats];

/** The formats to ask, by the first byte of the file: a handful each. */
const byFirstByte: readonly (readonly Format[])[] = Array.from({ length: 256 }, (_, byte) =>
  all.filter(({ firstBytes }) => firstBytes === undefined || firstBytes.includes(byte)),
);

/** Names the bytes by their beginning; undefined when nothing known matches. */
export function detectFormat(head: Uint8Array): Format | undefined {
  const first = head[0];
  if (first === undefined) return undefined;
  for (const format of byFirstByte[first] ?? []) {
    if (format.matches(head)) return format;
  }
  return undefined;
}
