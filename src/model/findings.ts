/**
 * Every finding: its code, the facts that it carries and the words that tell it. One complete table: the compiler
 * demands a row for each code. Codes are `<noun>-<fact>`, and are never renamed or reused.
 */
import type { DigestAlgorithm } from "./digest.ts";
import type { LicenseFindingArgs } from "./finding-args-license.ts";
import { archivedFindings } from "./findings-archived.ts";
import { claimFindings } from "./findings-claim.ts";
import { contentFindings } from "./findings-content.ts";
import { dataFindings } from "./findings-data.ts";
import { fileFindings } from "./findings-file.ts";
import { licenseFindings } from "./findings-license.ts";
import { licensePlaceFindings } from "./findings-license-places.ts";
import { lineageFindings } from "./findings-lineage.ts";
import { locationFindings } from "./findings-location.ts";
import { manifestFindings } from "./findings-manifest.ts";
import { recordFindings, type ShareArgs } from "./findings-records.ts";
import { redactLocation } from "./redact.ts";

export type Severity = "error" | "warning" | "note";

/** The typed facts of each code. Strings may be foreign text: reporters escape them. */
export interface FindingArgs extends LicenseFindingArgs {
  // the manifest as text
  "manifest-syntax": { detail: string };
  /** `actual` is absent where the entry itself is, and empty where it has no value. */
  "manifest-invalid": { path: string; expected: string; actual?: string; nearest?: string };
  "manifest-key-unknown": { key: string; nearest?: string };
  "manifest-key-duplicate": { key: string };
  "manifest-key-forbidden": { key: string };
  "manifest-limit": { what: string; limit: number; actual?: number };
  "manifest-version-unsupported": { actual: string; supported: string };
  "manifest-text-suspicious": { path: string; detail: string };
  "piece-id-duplicate": { id: string; first: string };
  "piece-reference-unknown": { id: string; nearest?: string };
  "piece-reference-cycle": { cycle: string };
  "path-unsafe": { path: string; reason: string };
  "path-duplicate": { path: string; first: string };
  "size-invalid": { actual: string; reason: string };
  "digest-malformed": { algorithm: string; actual: string; reason: string };
  "digest-unquoted": { algorithm: string; actual: string };
  "digest-algorithm-unknown": { algorithm: string; nearest?: string };
  "digest-placeholder": { algorithm: string; actual: string };
  "digest-of-nothing": { algorithm: string; size?: number };
  "field-reserved": { field: string };
  "listing-malformed": { uri: string; line: number; detail: string };
  "listing-unread": { uri: string; reason: string; detail: string };
  "listing-recommended": { files: number; limit: number };
  // locations
  "location-missing": Record<never, never>;
  "location-unsupported": { uri: string; known: string };
  "location-absent": { uri: string; reason: string; detail: string };
  "location-ambiguous": { uri: string; reason: string; detail: string };
  "location-denied": { uri: string; reason: string; detail: string };
  "location-unreachable": { uri: string; reason: string; detail: string; retryAt?: string };
  "location-malformed": { uri: string; reason: string; detail: string };
  /** `compared` declared digests could be held against the host's word, `agreed` of them are the same. */
  "location-gated": { uri: string; gated: string; bytesRead: number; compared?: number; agreed?: number };
  "location-archive-unstable": { uri: string; detail: string };
  "location-deprecated": { uri: string; detail: string };
  "location-renamed": { uri: string; at: string; detail: string };
  "location-submodule": { uri: string; at: string; detail: string };
  "location-tag-moved": { uri: string; at: string; detail: string };
  "location-tag-signed": { uri: string; at: string; detail: string };
  "location-version-chosen": { uri: string; at: string; detail: string };
  "location-yanked": { uri: string; detail: string };
  "location-archived": { uri: string; swhid: string };
  /** `request`: what the archive made of the wish to keep it, or why it was not asked; absent where nobody wished it. */
  "location-unarchived": { uri: string; swhid: string; request?: string; detail?: string };
  "archive-unknown": { uri: string; reason: string; detail: string; retryAt?: string };
  "location-unpinned": { uri: string };
  "location-moved": { uri: string; declared: string; published: string };
  "location-insecure": { uri: string };
  "location-secret": { uri: string };
  "location-revision-unchecked": { uri: string; declared: string };
  "location-unlisted": { uri: string };
  "location-fallback": { uri: string; failed: string };
  "availability-mismatch": { declared: string; found: string };
  "availability-unreasoned": { declared: string };
  // files
  "file-missing": { path: string; reason: string };
  "file-denied": { path: string; reason: string; detail: string };
  "file-unreachable": { path: string; reason: string; detail: string; retryAt?: string };
  "file-malformed": { path: string; reason: string; detail: string };
  "file-undeclared": { path: string };
  "file-length-unproven": { path: string; size: number };
  /** At depth `probe` nothing is measured and the host's word stands against the manifest: then `published`. */
  "size-mismatch": { path: string; declared: number; measured?: number; published?: number };
  "size-published-differs": { path: string; published: number; measured: number };
  "size-undeclared": { path: string };
  /** As for sizes: `published` without `measured` where only the host's word is known. */
  "digest-mismatch": {
    path: string;
    algorithm: DigestAlgorithm;
    declared: string;
    measured?: string;
    published?: string;
  };
  "digest-published-differs": { path: string; algorithm: DigestAlgorithm; published: string; measured: string };
  "digest-undeclared": { path: string; measured?: string };
  "digest-weak": { path: string; algorithms: string };
  "digest-unmeasured": { path: string; algorithm: string; reason: string };
  // what the bytes are
  "content-lfs-pointer": { path: string; detail: string };
  "content-html": { path: string; detail: string };
  "content-login-page": { path: string; detail: string };
  "content-error-body": { path: string; detail: string };
  "content-empty": { path: string };
  "content-type-differs": { path: string; detail: string };
  "content-truncated": { path: string; detail: string };
  "content-corrupt": { path: string; detail: string };
  "archive-truncated": { path: string; detail: string };
  "archive-corrupt": { path: string; detail: string };
  "archive-ambiguous": { path: string; at: string; detail: string };
  "archive-unsafe": { path: string; at: string; detail: string };
  "archive-trailing": { path: string; detail: string };
  "archive-limit": { path: string; detail: string };
  "archive-encrypted": { path: string; at: string };
  "archive-unsupported": { path: string; detail: string };
  // lists of addresses
  "records-gone": ShareArgs;
  "records-changed": ShareArgs;
  "records-unusable": ShareArgs;
  "records-inconclusive": ShareArgs;
  "records-suspicious": ShareArgs;
  "records-undeclared": { count: number; asked: number; rows: number };
  "records-unread": { list: string; reason: string; detail: string };
  // the release
  /** `path` and `at`: the description that lists it, and the line. */
  "data-source-dead": { source: string; path: string; at: number; detail: string };
  "claim-unknown": { claim: string; known: string };
  /** `missing`: the requirements that do not hold. */
  "claim-false": { claim: string; missing: string };
  /** `judge`: requirements that a person must judge; `untold`: of which nothing could be told. */
  "claim-undetermined": { claim: string; judge?: string; untold?: string };
}

export type FindingCode = keyof FindingArgs;

/** One finding with a known code. */
export interface FindingOf<Code extends FindingCode> {
  readonly code: Code;
  readonly severity: Severity;
  /** Absent for what concerns the whole manifest. */
  readonly piece?: string;
  /** Index of the location that it is about. */
  readonly location?: number;
  /** RFC 6901 pointer to the manifest entry that made the claim. */
  readonly pointer: string;
  /** Where that entry stands in the manifest's text, 1-based. */
  readonly line?: number;
  readonly column?: number;
  readonly args: Readonly<FindingArgs[Code]>;
}

/** One fact about a release that its reader should know. Data only: the words are in `findingInfo`. */
export type Finding = { [Code in FindingCode]: FindingOf<Code> }[FindingCode];

export interface FindingInfo<Args> {
  readonly title: string;
  /** Behind a number, what several of them are called; for what comes in crowds. */
  readonly several?: string;
  /** error: a declared fact is false or absent; warning: it is weak or could not be told; note: worth knowing. */
  readonly severity: Severity;
  /** One sentence with both sides: lower case, no full stop. Holds the args as they are: print it escaped. */
  readonly message: (args: Args) => string;
  /** What it means and what usually causes it, for `explain`. */
  readonly meaning: string;
  /** The next step in the usual case, in the imperative. */
  readonly hint: string;
  /** The next step in this case, where it is another one. Holds the args as they are: print it escaped. */
  readonly hintFor?: (args: Args) => string | undefined;
}

/** Some rows of the table. */
export type FindingRows<Code extends FindingCode> = {
  readonly [Each in Code]: FindingInfo<Readonly<FindingArgs[Each]>>;
};

/** The words of every finding, by the stage that they belong to. */
export const findingInfo: FindingRows<FindingCode> = {
  ...manifestFindings,
  ...locationFindings,
  ...archivedFindings,
  ...fileFindings,
  ...contentFindings,
  ...recordFindings,
  ...licenseFindings,
  ...licensePlaceFindings,
  ...lineageFindings,
  ...dataFindings,
  ...claimFindings,
};

const byCode = (a: string, b: string): number => (a < b ? -1 : 1);

/** True for a code that this version knows. */
export const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(findingInfo, code);

/** Every code, sorted. */
export const findingCodes: readonly FindingCode[] = Object.keys(findingInfo).filter(isFindingCode).sort(byCode);

/** What the maker of a finding knows; what is undefined is left out. */
export interface FindingFields<Code extends FindingCode> {
  readonly piece?: string | undefined;
  readonly location?: number | undefined;
  readonly pointer: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly args: Readonly<FindingArgs[Code]>;
  /** Where this case is graver or lighter than the code's usual one. */
  readonly severity?: Severity | undefined;
}

/** Makes a finding; its severity is the code's own unless `fields` names another. */
export function finding<Code extends FindingCode>(code: Code, fields: FindingFields<Code>): Finding {
  const { piece, location, pointer, line, column, args, severity = findingInfo[code].severity } = fields;
  const made: FindingOf<Code> = {
    code,
    severity,
    ...(piece === undefined ? {} : { piece }),
    ...(location === undefined ? {} : { location }),
    pointer,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    args: withoutSecrets(args),
  };
  // The compiler does not see that FindingOf<Code> is one of the union's members for every Code.
  return made as Finding;
}

/** A manifest's own location may hold a password or a signature: it is told without. */
function withoutSecrets<Args extends object>(args: Args): Args {
  if (!("uri" in args) || typeof args.uri !== "string") return args;
  return { ...args, uri: redactLocation(args.uri) };
}

/** One value of a finding's args. */
export type FindingArg = string | number | undefined;

/** The finding's sentence, with each text in it passed through `safe`, for no finding is printed as it came. */
export function findingMessage(found: Finding, safe: (text: string) => string): string {
  return message(found.code, safeArgs(found, safe));
}

/** What to do about this very finding, with each foreign text in it passed through `safe`. */
export function findingHint(found: Finding, safe: (text: string) => string): string {
  return hint(found.code, safeArgs(found, safe));
}

/** Lists of our own words: cut between words if at all, however long the whole is. */
const LISTS: ReadonlySet<string> = new Set(["expected", "known", "missing", "judge", "untold"]);

function safeArgs(found: Finding, safe: (text: string) => string): Finding["args"] {
  const safely = (name: string, value: FindingArg): FindingArg => {
    if (typeof value !== "string") return value;
    if (!LISTS.has(name)) return safe(value);
    return value
      .split(" ")
      .map((word) => safe(word))
      .join(" ");
  };
  const args = Object.entries<FindingArg>(found.args).map(([name, value]) => [name, safely(name, value)] as const);
  return Object.fromEntries(args) as Finding["args"];
}

function message<Code extends FindingCode>(code: Code, args: Readonly<FindingArgs[Code]>): string {
  return findingInfo[code].message(args);
}

function hint<Code extends FindingCode>(code: Code, args: Readonly<FindingArgs[Code]>): string {
  const info: FindingInfo<Readonly<FindingArgs[Code]>> = findingInfo[code];
  return info.hintFor?.(args) ?? info.hint;
}
