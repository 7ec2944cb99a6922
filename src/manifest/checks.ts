/** What a schema can not see: entries that contradict each other. Works on any values, so that all faults show at once. */
import { algorithmsOf, type DigestSubject, isDigestOfNothing, subjectOf } from "../model/digest.ts";
import { type DigestProblem, readDigestSet, type WrittenDigest } from "../model/digest-text.ts";
import { type Finding, finding } from "../model/findings.ts";
import { nearest } from "../model/nearest.ts";
import { quoted } from "./limits.ts";
import { entriesOf, field, list, text } from "./plain.ts";
import { append } from "./pointer.ts";
import { checkSecrets } from "./secrets.ts";
import type { Plain } from "./tree.ts";

/** Fields that the format keeps for later. */
const RESERVED = ["reproduce", "waivers", "policy"] as const;

/** Everything that the entries of a manifest say against each other. */
export function checkEntries(manifest: Plain): readonly Finding[] {
  const pieces = list(field(manifest, "pieces"));
  return [
    ...RESERVED.filter((name) => field(manifest, name) !== undefined).map((name) =>
      finding("field-reserved", { pointer: `/${name}`, args: { field: name } }),
    ),
    ...checkIds(pieces),
    ...checkSecrets(manifest),
    ...pieces.flatMap((piece, index) => checkPiece(piece, `/pieces/${index}`)),
  ];
}

function checkIds(pieces: readonly Plain[]): readonly Finding[] {
  const findings: Finding[] = [];
  const first = new Map<string, string>();
  for (const [index, piece] of pieces.entries()) {
    const id = text(field(piece, "id"));
    if (id === undefined) continue;
    const before = first.get(id);
    if (before === undefined) first.set(id, `/pieces/${index}`);
    else {
      const args = { id: quoted(id), first: before };
      findings.push(finding("piece-id-duplicate", { pointer: `/pieces/${index}/id`, args }));
    }
  }
  const ids = [...first.keys()];
  for (const [index, piece] of pieces.entries()) {
    for (const [at, source] of list(field(piece, "builtFrom")).entries()) {
      const id = text(source);
      if (id === undefined || first.has(id)) continue;
      // One search among all ids costs little; ten thousand of them would not.
      const near = findings.length < 20 ? nearest(id, ids) : undefined;
      const args = { id: quoted(id), ...(near === undefined ? {} : { nearest: near }) };
      findings.push(finding("piece-reference-unknown", { pointer: `/pieces/${index}/builtFrom/${at}`, args }));
    }
  }
  return findings;
}

function checkPiece(piece: Plain, pointer: string): readonly Finding[] {
  const files = list(field(piece, "files"));
  const findings: Finding[] = [...checkDigest(piece, pointer, ["bytes", "tree"])];
  const listing = field(piece, "listing");
  if (listing !== undefined) {
    findings.push(...checkDigest(listing, `${pointer}/listing`, ["bytes"]));
    if (field(piece, "files") !== undefined) {
      const args = { path: pointer, expected: "either `files` or a `listing`", actual: "both" };
      findings.push(finding("manifest-invalid", { pointer: `${pointer}/listing`, args }));
    }
  }
  return findings.concat(checkFiles(files, `${pointer}/files`));
}

function checkFiles(files: readonly Plain[], pointer: string): readonly Finding[] {
  const findings: Finding[] = [];
  const exact = new Map<string, string>();
  const folded = new Map<string, string>();
  const containers = new Set<string>();
  for (const file of files) {
    const path = text(field(file, "path"));
    if (path !== undefined && field(file, "containedIn") === undefined) containers.add(path);
  }
  for (const [index, file] of files.entries()) {
    const at = `${pointer}/${index}`;
    findings.push(...checkDigest(file, at, ["bytes"]));
    const path = text(field(file, "path"));
    const container = text(field(file, "containedIn"));
    if (container !== undefined && !containers.has(container)) {
      const expected = "the path of a declared file that is itself in no archive";
      const args = { path: `${at}/containedIn`, expected, actual: quoted(container) };
      findings.push(finding("manifest-invalid", { pointer: `${at}/containedIn`, args }));
    }
    if (path === undefined) continue;
    const key = `${container ?? ""}\0${path}`;
    // As a file system without case or with another spelling of accents sees it.
    const same = key.normalize("NFC").toLowerCase();
    const before = exact.get(key);
    const alike = before ?? folded.get(same);
    if (alike !== undefined) {
      findings.push(
        finding("path-duplicate", {
          pointer: `${at}/path`,
          severity: before === undefined ? "warning" : undefined,
          args: { path: quoted(path), first: alike },
        }),
      );
    }
    if (before === undefined) exact.set(key, at);
    if (!folded.has(same)) folded.set(same, at);
  }
  return findings;
}

/** Reads what is declared as digests, whatever else is wrong with their owner. */
function checkDigest(owner: Plain, pointer: string, subjects: readonly DigestSubject[]): readonly Finding[] {
  const written = field(owner, "digest");
  if (written === undefined) return [];
  const at = `${pointer}/digest`;
  const { set, problems } = readDigestSet(writtenDigest(written));
  const findings = problems.map(({ key, problem }) =>
    problemFinding(problem, key === undefined ? at : append(at, key)),
  );
  const size = field(owner, "size");
  for (const algorithm of algorithmsOf(set)) {
    const value = set[algorithm] ?? "";
    if (!subjects.includes(subjectOf(algorithm, value))) {
      const reason = "it is the digest of a folder, and this is a file";
      findings.push(finding("digest-malformed", { pointer: at, args: { algorithm, actual: value, reason } }));
    } else if (isDigestOfNothing(algorithm, value) && (size === undefined || (typeof size === "number" && size > 0))) {
      const args = size === undefined ? { algorithm } : { algorithm, size };
      findings.push(
        finding("digest-of-nothing", { pointer: at, severity: size === undefined ? undefined : "error", args }),
      );
    }
  }
  return findings;
}

function problemFinding(problem: DigestProblem, pointer: string): Finding {
  switch (problem.problem) {
    case "algorithm-unknown": {
      const { algorithm, nearest: near } = problem;
      const args = { algorithm, ...(near === undefined ? {} : { nearest: near }) };
      return finding("digest-algorithm-unknown", { pointer, args });
    }
    case "malformed": {
      const { algorithm, actual, reason } = problem;
      return finding("digest-malformed", { pointer, args: { algorithm, actual, reason } });
    }
    case "placeholder": {
      const { algorithm, actual } = problem;
      const args = { algorithm: algorithm === "" ? "declared" : algorithm, actual };
      return finding("digest-placeholder", { pointer, args });
    }
  }
}

function writtenDigest(written: Plain): WrittenDigest {
  if (typeof written === "string") return written;
  const texts = Object.entries(entriesOf(written)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}
