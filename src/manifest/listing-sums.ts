/** Lines of checksum files: what `sha256sum` and its kin write, also with `--tag`, and BagIt's manifests. */
import { algorithmInfo, type DigestAlgorithm } from "../model/digest.ts";
import { parseDigest } from "../model/digest-text.ts";
import type { FileEntry } from "../model/manifest.ts";
import { pathFault } from "../model/path.ts";

/** One line made into an entry; a text says why it is none, undefined that the line declares nothing. */
export type ReadLine = (line: string) => FileEntry | string | undefined;

const SPACE = 0x20;
const TAB = 0x09;
const STAR = 0x2a;
const HASH = 0x23;
const BACKSLASH = 0x5c;

/** Which algorithm a bare digest belongs to, by its number of hex digits. */
const usualByDigits: ReadonlyMap<number, DigestAlgorithm> = new Map([
  [32, "md5"],
  [40, "sha1"],
  [64, "sha256"],
  [96, "sha384"],
  [128, "sha512"],
]);

/** Names of checksum files by which other algorithms are known: `B2SUMS`, `b3sums.txt`, `manifest-sha512.txt`. */
const algorithmsByName: readonly (readonly [part: string, algorithm: DigestAlgorithm])[] = [
  ["b2sum", "blake2b"],
  ["blake2b", "blake2b"],
  ["blake2s", "blake2s"],
  ["b3sum", "blake3"],
  ["blake3", "blake3"],
  ["sha512256", "sha512_256"],
  ["sha3256", "sha3_256"],
];

/** Reads `<hex>  <path>`, `<hex> *<path>`, their escaped form and `SHA256 (<path>) = <hex>`. */
export function sumsReader(uri: string): ReadLine {
  const byDigits = algorithmsFor(uri);
  return (line) => {
    if (line.length === 0 || line.charCodeAt(0) === HASH) return undefined;
    const escaped = line.charCodeAt(0) === BACKSLASH;
    const start = escaped ? 1 : 0;
    const end = hexEnd(line, start);
    const algorithm = byDigits.get(end - start);
    if (algorithm === undefined || line.charCodeAt(end) !== SPACE) return taggedLine(line, start, escaped);
    const mode = line.charCodeAt(end + 1);
    const written = line.slice(mode === SPACE || mode === STAR ? end + 2 : end + 1);
    return entry(algorithm, line.slice(start, end), escaped ? unescaped(written) : written);
  };
}

/** Reads `<hex> <path>` with BagIt's percent escapes; the path keeps its `data/`, it is relative to the bag. */
export function bagitReader(uri: string): ReadLine {
  const byDigits = algorithmsFor(uri);
  return (line) => {
    if (line.length === 0) return undefined;
    const end = hexEnd(line, 0);
    const algorithm = byDigits.get(end);
    let start = end;
    while (line.charCodeAt(start) === SPACE || line.charCodeAt(start) === TAB) start++;
    if (algorithm === undefined || start === end) return "expected a digest, a space and a path";
    // Bags made with md5sum mark binary files.
    if (line.charCodeAt(start) === STAR) start++;
    const written = line.slice(start);
    const path = written.includes("%") ? written.replaceAll(/%(?:0a|0d|25)/gi, decodeURIComponent) : written;
    return path.startsWith("~") ? "the path begins with `~`" : entry(algorithm, line.slice(0, end), path);
  };
}

function algorithmsFor(uri: string): ReadonlyMap<number, DigestAlgorithm> {
  const name = (uri.split(/[?#]/, 1)[0] ?? "").split("/").at(-1) ?? "";
  const folded = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const named = algorithmsByName.find(([part]) => folded.includes(part))?.[1];
  return named === undefined ? usualByDigits : new Map([[2 * algorithmInfo[named].length, named]]);
}

/** Where the hex digits that begin at `start` end. */
function hexEnd(line: string, start: number): number {
  let index = start;
  for (; index < line.length; index++) {
    const unit = line.charCodeAt(index);
    const hex = (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66) || (unit >= 0x41 && unit <= 0x46);
    if (!hex) break;
  }
  return index;
}

/** `SHA256 (path) = hex`, as BSD and `--tag` write it, or `SHA2-256(path)= hex`, as OpenSSL does. */
function taggedLine(line: string, start: number, escaped: boolean): FileEntry | string {
  const open = line.indexOf("(", start);
  const close = line.lastIndexOf(")");
  const equals = line.indexOf("=", close);
  if (open < 0 || close < open || equals < 0 || line.slice(close + 1, equals).trim() !== "") {
    return "expected a digest of a known length, two spaces and a path";
  }
  const parsed = parseDigest(line.slice(start, open).trim(), line.slice(equals + 1));
  if (parsed.problem === "malformed") return `the ${parsed.algorithm} digest is malformed: ${parsed.reason}`;
  if (parsed.problem === "placeholder") return `the ${parsed.algorithm} digest is a placeholder`;
  if (parsed.problem !== undefined) return `the algorithm \`${parsed.algorithm}\` is not known`;
  const path = line.slice(open + 1, close);
  return entry(parsed.algorithm, parsed.value, escaped ? unescaped(path) : path);
}

function entry(algorithm: DigestAlgorithm, hex: string, written: string | undefined): FileEntry | string {
  if (written === undefined) return "the path has an escape that is not known";
  if (written === "-") return "it is the digest of standard input, not of a file";
  // `find . -type f | xargs sha256sum` writes each path so.
  const path = written.startsWith("./") ? written.slice(2) : written;
  const fault = pathFault(path);
  if (fault !== undefined) return `the path is refused: ${fault}`;
  const value = hex.toLowerCase();
  return { path, digest: algorithm === "sha256" ? { sha256: value } : { [algorithm]: value } };
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\\\", "\\"],
  ["\\n", "\n"],
  ["\\r", "\r"],
]);

function unescaped(path: string): string | undefined {
  let known = true;
  const plain = path.replaceAll(/\\.?/gs, (sequence) => {
    const meant = escapes.get(sequence);
    known &&= meant !== undefined;
    return meant ?? "";
  });
  return known ? plain : undefined;
}
