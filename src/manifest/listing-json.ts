/** Lines of JSON: `{ "path": ..., "size": ..., "digest": ... }`, one file each. */
import type { DigestSet } from "../model/digest.ts";
import { readDigestSet, type WrittenDigest } from "../model/digest-text.ts";
import type { FileEntry } from "../model/manifest.ts";
import { pathFault } from "../model/path.ts";
import { quoted } from "./limits.ts";

const KEYS = new Set(["path", "size", "digest", "containedIn"]);

/** Reads one line. Checked by hand: a million of them through a schema library take a quarter longer. */
export function readJsonLine(line: string): FileEntry | string | undefined {
  if (line.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  if (!isObject(value)) return "expected an object with a `path`";
  const { path, size, digest, containedIn } = value;
  for (const key in value) {
    if (!KEYS.has(key) && !key.startsWith("x-")) return `the key \`${quoted(key)}\` is not known`;
  }
  // The parser keeps the last of two equal keys; its text has more quotes than what it kept.
  if (countQuotes(line) !== 2 * countTexts(value)) return "a key is written twice";
  if (typeof path !== "string") return "expected a text as `path`";
  const fault = pathFault(path) ?? (containedIn === undefined ? undefined : containerFault(containedIn));
  if (fault !== undefined) return `the path is refused: ${fault}`;
  if (size !== undefined && !isSize(size)) return "expected a whole number of bytes as `size`";
  const digests = digest === undefined ? undefined : toDigests(digest);
  if (typeof digests === "string") return digests;
  return {
    path,
    ...(size === undefined ? {} : { size }),
    ...(digests === undefined ? {} : { digest: digests }),
    ...(typeof containedIn === "string" ? { containedIn } : {}),
  };
}

function containerFault(containedIn: unknown): string | undefined {
  return typeof containedIn === "string" ? pathFault(containedIn) : "`containedIn` is no text";
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function toDigests(written: unknown): DigestSet | string | undefined {
  if (!isWritten(written)) return "expected a digest, or an object of algorithm to digest, as `digest`";
  const { set, problems } = readDigestSet(written);
  for (const { problem } of problems) {
    if (problem.problem === "malformed") return `the ${problem.algorithm} digest is malformed: ${problem.reason}`;
    if (problem.problem === "placeholder") return `the ${problem.algorithm} digest is a placeholder`;
    return `the algorithm \`${problem.algorithm}\` is not known`;
  }
  return Object.keys(set).length === 0 ? undefined : set;
}

function isWritten(value: unknown): value is WrittenDigest {
  if (typeof value === "string") return true;
  if (!isObject(value)) return false;
  for (const algorithm in value) if (typeof value[algorithm] !== "string") return false;
  return true;
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The quotes of valid JSON that begin or end a text. */
function countQuotes(line: string): number {
  if (line.includes("\\")) return countUnescaped(line);
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count += 1;
  return count;
}

function countUnescaped(line: string): number {
  let count = 0;
  for (let index = 0; index < line.length; index++) {
    const unit = line.charCodeAt(index);
    if (unit === QUOTE) count += 1;
    else if (unit === BACKSLASH) index += 1;
  }
  return count;
}

/** The keys and texts of an entry. */
function countTexts(entry: { readonly [key: string]: unknown }): number {
  let count = 0;
  for (const key in entry) {
    const value = entry[key];
    count += typeof value === "string" ? 2 : 1;
    if (typeof value === "object" && value !== null) count += countWithin(value);
  }
  return count;
}

/** No recursion: a line may be nested as deeply as it is long. */
function countWithin(value: object): number {
  let count = 0;
  const left: object[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const [, item] of Object.entries(next)) {
      if (typeof item === "string") count += 1;
      else if (typeof item === "object" && item !== null) left.push(item);
    }
    if (!Array.isArray(next)) count += Object.keys(next).length;
  }
  return count;
}
