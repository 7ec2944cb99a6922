/** What the schema refuses, told as findings: where, what was expected, what stands there. */
import { isMap, isScalar, isSeq } from "yaml";
import type * as z from "zod";
import { toAlgorithm } from "../model/digest-text.ts";
import { type Finding, type FindingArgs, type FindingCode, finding } from "../model/findings.ts";
import { knownKeys, type ManifestIssue } from "../model/manifest-schema.ts";
import { nearest } from "../model/nearest.ts";
import { MANIFEST_MAX_FINDINGS, quoted } from "./limits.ts";
import { append, type Place, type PlaceOf } from "./pointer.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Turns the schema's issues into findings, without their place in the text. */
export function issueFindings(issues: readonly Issue[], placeOf: PlaceOf): readonly Finding[] {
  const findings: Finding[] = [];
  for (const issue of issues) {
    if (findings.length > MANIFEST_MAX_FINDINGS) break;
    findings.push(...tell(issue, issue.path, placeOf));
  }
  return findings;
}

function tell(issue: Issue, path: Path, placeOf: PlaceOf): readonly Finding[] {
  const pointer = path.reduce<string>(append, "");
  const place = placeOf(path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .slice(0, MANIFEST_MAX_FINDINGS + 1)
      .map((key) => finding("manifest-key-unknown", { pointer: append(pointer, key), args: unknown(key, path) }));
  }
  if (issue.code === "invalid_union") {
    const branch = branchFor(issue.errors);
    if (branch !== undefined) return branch.flatMap((each) => tell(each, [...path, ...each.path], placeOf));
    const expected = path.at(-1) === "digest" ? "a digest, or a map of algorithm to digest" : "a text or a map";
    return isNumber(place) && path.at(-1) === "digest"
      ? [finding("digest-unquoted", { pointer, args: { algorithm: "declared", actual: actual(place) } })]
      : [invalid(pointer, expected, place)];
  }
  if (issue.code === "custom") {
    const params = issue.params as ManifestIssue | undefined;
    if (params?.about === "path") {
      return [finding("path-unsafe", { pointer, args: { path: text(place), reason: params.reason } })];
    }
    // `checks.ts` reads digests again, with all their faults: this schema stops at the first that is no text.
    if (params?.about === "digest") return [];
  }
  const [parent, field] = path.slice(-2);
  if (path.at(-1) === "size" && place.exact) {
    const reason = issue.code === "too_big" ? "it is too large to be exact" : "a size is a whole number of bytes";
    return [finding("size-invalid", { pointer, args: { actual: actual(place), reason } })];
  }
  if (parent === "digest" && place.exact && isNumber(place)) {
    return [finding("digest-unquoted", { pointer, args: { algorithm: String(field), actual: actual(place) } })];
  }
  return [invalid(pointer, expected(issue, place), place, nearestValue(issue, place))];
}

/** Of the forms that a value may have, the one that was meant: the one whose own type is right. */
function branchFor(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => !issues.some((issue) => issue.code === "invalid_type" && issue.path.length === 0));
}

/** What somebody else would call one of our keys. */
function otherWord(key: string): string | undefined {
  const word = key.toLowerCase();
  return Object.hasOwn(otherWords, word) ? otherWords[word] : undefined;
}

function unknown(key: string, path: Path): { readonly key: string; readonly nearest?: string } {
  const known = knownKeys(path);
  const other = toAlgorithm(key) === undefined ? otherWord(key) : "digest";
  const meant = other !== undefined && known.includes(other) ? other : nearest(key, known);
  return { key: quoted(key), ...(meant === undefined ? {} : { nearest: meant }) };
}

/** What others call our keys. */
const otherWords: { readonly [key: string]: string } = {
  licence: "licenseDeclared",
  license: "licenseDeclared",
  checksum: "digest",
  hash: "digest",
  url: "uri",
  type: "kind",
  bytes: "size",
};

const typeWords: { readonly [type: string]: string } = {
  string: "a text",
  object: "a map",
  record: "a map",
  array: "a list",
  boolean: "`true` or `false`",
  number: "a number",
  int: "a whole number",
};

function expected(issue: Issue, place: Place): string {
  switch (issue.code) {
    case "invalid_type": {
      const type = typeWords[issue.expected] ?? issue.expected;
      const unquoted = issue.expected === "string" && isScalar(place.node) && place.exact && place.node.value !== null;
      return unquoted ? `${type} in quotes, \`"${quoted(sourceOf(place))}"\`,` : type;
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      if (isNumber(place) && values.includes(sourceOf(place))) return `a text in quotes, \`"${sourceOf(place)}"\`,`;
      return values.length === 1 ? `\`"${values[0]}"\`` : `one of ${values.join(", ")}`;
    }
    default:
      return issue.message;
  }
}

/** The value that was meant; one that stands there already wants quotes, not another spelling. */
function nearestValue(issue: Issue, place: Place): string | undefined {
  if (issue.code !== "invalid_value" || issue.values.length === 1) return undefined;
  const near = nearest(text(place), issue.values.map(String));
  return near === text(place) ? undefined : near;
}

function invalid(path: string, expected: string, place: Place, near?: string): Finding {
  const args: FindingArgs["manifest-invalid" & FindingCode] = {
    path,
    expected,
    ...(place.exact ? { actual: actual(place) } : {}),
    ...(near === undefined ? {} : { nearest: near }),
  };
  return finding("manifest-invalid", { pointer: path, args });
}

const isNumber = (place: Place): boolean =>
  place.exact && isScalar(place.node) && (typeof place.node.value === "number" || typeof place.node.value === "bigint");

/** A value as it stands in the text: `1.0` is not `1`. */
function sourceOf({ node }: Place): string {
  if (!isScalar(node)) return "";
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

function text(place: Place): string {
  return place.exact ? quoted(sourceOf(place)) : "";
}

/** What stands there; nothing at all for a key without a value. */
function actual(place: Place): string {
  const { node } = place;
  if (isMap(node)) return node.items.length === 0 ? "an empty map" : "a map";
  if (isSeq(node)) return node.items.length === 0 ? "an empty list" : "a list";
  const source = sourceOf(place);
  return source === "" && isScalar(node) && node.value === "" ? "an empty text" : quoted(source);
}
