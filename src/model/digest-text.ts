/**
 * The spellings in which people write digests, read into one: lower-case hex under in-toto's algorithm name.
 * Hex, `sha256:<hex>`, `sha256-<base64>` (SRI), base64, multihash in hex, and SWHID.
 */
import { algorithmInfo, type DigestAlgorithm, type DigestSet, digestAlgorithms } from "./digest.ts";
import { nearest } from "./nearest.ts";

/** A declared digest that can not be used, and why. `actual` is foreign text, cut to a readable length. */
export type DigestProblem =
  | { readonly problem: "algorithm-unknown"; readonly algorithm: string; readonly nearest?: DigestAlgorithm }
  | { readonly problem: "malformed"; readonly algorithm: string; readonly actual: string; readonly reason: string }
  | { readonly problem: "placeholder"; readonly algorithm: string; readonly actual: string };

/** A digest in our own spelling. */
export interface ParsedDigest {
  readonly problem?: undefined;
  readonly algorithm: DigestAlgorithm;
  readonly value: string;
}

/** Quoted text in messages is cut here, in UTF-16 units. */
const MAX_QUOTED = 80;
/** No spelling of any digest is longer, qualifiers of a SWHID included. In UTF-16 units. */
const MAX_DIGEST_TEXT = 4_096;
/** What Croissant's tools write where a hash is demanded and nobody has one. */
const CROISSANT_PLACEHOLDER = "https://github.com/mlcommons/croissant/issues/80";
const PLACEHOLDERS = new Set(
  "|-|--|...|?|todo|tbd|tba|fixme|xxx|n/a|na|none|null|nil|unknown|undefined|placeholder|changeme|pending".split("|"),
);
const SRI_NAMES = ["sha256", "sha384", "sha512"] as const;

const aliases: ReadonlyMap<string, DigestAlgorithm> = new Map<string, DigestAlgorithm>([
  ...digestAlgorithms.map((algorithm) => [foldName(algorithm), algorithm] as const),
  ["sha2256", "sha256"],
  ["sha2384", "sha384"],
  ["sha2512", "sha512"],
  ["sha2512256", "sha512_256"],
  ["blake2b512", "blake2b"],
  ["blake2s256", "blake2s"],
  ["blake3256", "blake3"],
  ["b3", "blake3"],
  ["sha", "sha1"],
  ["swh", "swhid"],
]);

/** The algorithm that a name means, however it is written: `SHA-256`, `sha512/256`, `git-blob`. */
export function toAlgorithm(name: string): DigestAlgorithm | undefined {
  return name.length > MAX_QUOTED ? undefined : aliases.get(foldName(name.trim()));
}

function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_/ ]/g, "");
}

/** Reads one digest as it was written under an algorithm's name. */
export function parseDigest(algorithmName: string, text: string): ParsedDigest | DigestProblem {
  const plain = plainDigest(algorithmName, text);
  if (plain !== undefined) return plain;
  const algorithm = toAlgorithm(algorithmName);
  if (algorithm === undefined) {
    const known = nearest(algorithmName, digestAlgorithms);
    const named = { problem: "algorithm-unknown", algorithm: quoted(algorithmName) } as const;
    return known === undefined ? named : { ...named, nearest: known };
  }
  const trimmed = text.trim();
  const malformed = (reason: string) => ({ problem: "malformed", algorithm, actual: quoted(trimmed), reason }) as const;
  if (trimmed.length > MAX_DIGEST_TEXT) return malformed(`${trimmed.length} characters are no digest`);
  if (algorithm === "swhid") return parseSwhid(trimmed, malformed);

  const { prefix, rest } = splitPrefix(trimmed);
  if (prefix !== undefined && prefix !== algorithm) return malformed(`it says \`${prefix}\``);
  if (isPlaceholder(rest)) return { problem: "placeholder", algorithm, actual: quoted(trimmed) };
  const value = toHex(algorithm, rest);
  if (value === undefined) return malformed(whyNot(algorithm, rest));
  if (isZeros(value)) return { problem: "placeholder", algorithm, actual: quoted(trimmed) };
  return { algorithm, value };
}

/** What is already in our own spelling, which is nearly all of a listing. */
function plainDigest(name: string, text: string): ParsedDigest | undefined {
  const algorithm = canonical.get(name);
  if (algorithm === undefined || text.length !== 2 * algorithmInfo[algorithm].length) return undefined;
  return /^[0-9a-f]*$/.test(text) && !isZeros(text) ? { algorithm, value: text } : undefined;
}

const canonical: ReadonlyMap<string, DigestAlgorithm> = new Map(
  digestAlgorithms.filter((algorithm) => algorithm !== "swhid").map((algorithm) => [algorithm, algorithm]),
);

/** A `digest` as a manifest writes it: one text that names its algorithm itself, or a map of algorithm to text. */
export type WrittenDigest = string | { readonly [algorithm: string]: string | undefined };

/** Reads a whole `digest`: what is usable of it, and what is not, with the key that it stands under. */
export function readDigestSet(written: WrittenDigest): {
  readonly set: DigestSet;
  readonly problems: readonly { readonly key: string | undefined; readonly problem: DigestProblem }[];
} {
  const set: { [Algorithm in DigestAlgorithm]?: string } = {};
  const problems: { key: string | undefined; problem: DigestProblem }[] = [];
  const add = (key: string | undefined, name: string, text: string) => {
    const parsed = parseDigest(name, text);
    if (parsed.problem !== undefined) {
      problems.push({ key, problem: parsed });
      return;
    }
    const { algorithm, value } = parsed;
    const first = set[algorithm];
    if (first === undefined || first === value) set[algorithm] = value;
    else {
      const reason = `the same algorithm is declared twice, first as ${first}`;
      problems.push({ key, problem: { problem: "malformed", algorithm, actual: quoted(text), reason } });
    }
  };
  if (typeof written !== "string") {
    for (const [name, text] of Object.entries(written)) if (text !== undefined) add(name, name, text);
  } else if (isPlaceholder(written.trim())) {
    problems.push({ key: undefined, problem: { problem: "placeholder", algorithm: "", actual: quoted(written) } });
  } else {
    // SRI lists several, one space apart.
    for (const word of written.slice(0, MAX_DIGEST_TEXT).split(/\s/)) {
      if (word !== "") add(undefined, nameWithin(word), word);
    }
  }
  return { set, problems };
}

/** The spellings that a digest can be written in. */
export type DigestEncoding = "hex" | "prefixed" | "base64" | "sri" | "multihash";

/** Writes a digest in another spelling, or undefined where that spelling has none for the algorithm. */
export function encodeDigest(algorithm: DigestAlgorithm, value: string, encoding: DigestEncoding): string | undefined {
  if (encoding === "hex") return value;
  if (algorithm === "swhid") return encoding === "prefixed" ? value : undefined;
  const raw = Buffer.from(value, "hex");
  switch (encoding) {
    case "prefixed":
      return `${algorithm}:${value}`;
    case "base64":
      return raw.toString("base64");
    case "sri":
      return SRI_NAMES.some((name) => name === algorithm) ? `${algorithm}-${raw.toString("base64")}` : undefined;
    case "multihash": {
      const prefix = multihashPrefix(algorithm);
      return prefix === undefined ? undefined : prefix + value;
    }
  }
}

/** The algorithm that a text names in itself, or the text's own beginning for the message. */
function nameWithin(word: string): string {
  if (word.toLowerCase().startsWith("swh:")) return "swhid";
  const { prefix } = splitPrefix(word);
  if (prefix !== undefined) return prefix;
  const colon = word.indexOf(":");
  return colon > 0 ? word.slice(0, colon) : word;
}

function splitPrefix(text: string): { readonly prefix?: DigestAlgorithm; readonly rest: string } {
  const colon = text.indexOf(":");
  const named = colon > 0 ? toAlgorithm(text.slice(0, colon)) : undefined;
  if (named !== undefined) return { prefix: named, rest: text.slice(colon + 1).trim() };
  const lower = text.slice(0, 7).toLowerCase();
  const sri = SRI_NAMES.find((name) => lower === `${name}-`);
  // What follows a `?` are options that no verifier knows; they change nothing about the digest.
  return sri === undefined ? { rest: text } : { prefix: sri, rest: text.slice(7).split("?", 1)[0] ?? "" };
}

function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.has(text.toLowerCase()) || text.startsWith(CROISSANT_PLACEHOLDER) || isZeros(text);
}

const isZeros = (text: string): boolean => /^(?:0x)?0+$/.test(text);

function toHex(algorithm: DigestAlgorithm, text: string): string | undefined {
  const { length } = algorithmInfo[algorithm];
  if (isHex(text)) {
    const lower = text.toLowerCase();
    if (lower.length === 2 * length) return lower;
    const prefix = multihashPrefix(algorithm);
    const bare = lower.length % 2 === 1 && lower.startsWith("f") ? lower.slice(1) : lower;
    const isMultihash = prefix !== undefined && bare.startsWith(prefix) && bare.length === prefix.length + 2 * length;
    if (isMultihash) return bare.slice(prefix.length);
  }
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  const raw = Buffer.from(standard, "base64");
  const written = raw.toString("base64");
  const isBase64 = raw.length === length && (standard === written || standard === written.replaceAll("=", ""));
  return isBase64 ? raw.toString("hex") : undefined;
}

const isHex = (text: string): boolean => /^[0-9a-fA-F]+$/.test(text);

function whyNot(algorithm: DigestAlgorithm, text: string): string {
  const digits = 2 * algorithmInfo[algorithm].length;
  if (!isHex(text)) return `expected ${digits} hex digits or their base64`;
  return `expected ${digits} hex digits, got ${text.length}`;
}

function multihashPrefix(algorithm: DigestAlgorithm): string | undefined {
  const info: { readonly length: number; readonly multihash?: number } = algorithmInfo[algorithm];
  if (info.multihash === undefined) return undefined;
  const bytes: number[] = [];
  // An unsigned varint: seven bits a byte, the lowest first.
  for (let code = info.multihash; ; code >>= 7) {
    if (code < 0x80) {
      bytes.push(code, info.length);
      return Buffer.from(bytes).toString("hex");
    }
    bytes.push((code & 0x7f) | 0x80);
  }
}

function parseSwhid(text: string, malformed: (reason: string) => DigestProblem): ParsedDigest | DigestProblem {
  if (isPlaceholder(text)) return { problem: "placeholder", algorithm: "swhid", actual: quoted(text) };
  // Qualifiers (`;origin=...`) say where it was seen; what it is stands before them.
  const [scheme, version, type, hex, ...more] = (text.split(";", 1)[0] ?? "").split(":");
  if (scheme !== "swh" || version !== "1") return malformed("expected `swh:1:cnt:` or `swh:1:dir:` and 40 hex digits");
  if (type !== "cnt" && type !== "dir") return malformed("only `cnt` (a file) and `dir` (a folder) name bytes");
  if (hex === undefined || more.length > 0 || hex.length !== 40 || !isHex(hex)) {
    return malformed("expected 40 hex digits at its end");
  }
  if (isZeros(hex)) return { problem: "placeholder", algorithm: "swhid", actual: quoted(text) };
  return { algorithm: "swhid", value: `swh:1:${type}:${hex.toLowerCase()}` };
}

function quoted(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text;
}
