/** How much of a manifest is read: each limit beside what it bounds, met only by hostile or machine-made text. */

/** Bytes of a manifest's text: about 30,000 files written down. */
export const MANIFEST_MAX_BYTES = 4 * 1024 * 1024;
/** Lists and maps inside each other. The YAML library aborts the process on deeply nested text. */
export const MANIFEST_MAX_DEPTH = 64;
/** Words and signs of the text; a file entry takes about 37. Bounds the memory of the YAML library to about 300 MiB. */
export const MANIFEST_MAX_TOKENS = 1_000_000;
/** Pieces of one release. */
export const MANIFEST_MAX_PIECES = 10_000;
/** Findings about one manifest; whoever has more mends these first. */
export const MANIFEST_MAX_FINDINGS = 1_000;
/** Syntax errors about one manifest: after some of them the rest mean nothing. */
export const MANIFEST_MAX_SYNTAX_FINDINGS = 20;
/** Foreign text in a finding's args, in UTF-16 units. */
export const MAX_QUOTED = 200;

/** Foreign text, cut to what a message can carry. */
export function quoted(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text;
}
