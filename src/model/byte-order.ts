/** Surrogates are the only UTF-16 units that sort differently from the UTF-8 bytes of the same text. */
const surrogate = /[\ud800-\udfff]/;

/** Orders two texts as their UTF-8 bytes are ordered, which is what git, SWHID and sorted listings mean. */
export function compareBytes(a: string, b: string): number {
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
