/** Changes as sentences. Foreign text stands in backticks and has none of its own. */
import type { Change, ChangeKind, Difference, DiffFinding, DiffHead, Untold, UntoldCode } from "../model/diff.ts";
import { printable } from "../model/printable.ts";
import { bytesText, countText, plural } from "../model/quantity.ts";

/** What a reader calls it. */
const NAMES: { readonly [Kind in ChangeKind]: string } = {
  "release-name": "another release",
  "release-version": "another version",
  "manifest-text": "the manifest's text differs",
  claims: "claims",
  definition: "definition",
  lineage: "made from",
  "piece-appeared": "appeared",
  "piece-vanished": "vanished",
  "piece-kind": "kind",
  availability: "availability",
  outcome: "outcome",
  gate: "access",
  location: "moved",
  revision: "moved",
  "location-used": "another location was used",
  license: "licence",
  "license-place": "licence",
  listing: "listing",
  "piece-bytes": "bytes of the whole",
  "file-count": "files",
  "file-added": "file added",
  "file-removed": "file removed",
  "file-changed": "file changed",
  records: "rows",
  "finding-new": "new finding",
  "finding-gone": "finding gone",
  "finding-count": "findings",
};

/** Foreign text in a sentence. */
export type QuoteText = (foreign: string) => string;

/** A change as one line, or as a line with one below it for each voice that differs. */
export function changeText(change: Change, quote: QuoteText): readonly [string, ...string[]] {
  const { kind, path, containedIn, differences, finding } = change;
  const inside = containedIn === undefined ? "" : ` in ${quote(containedIn)}`;
  const head = path === undefined ? NAMES[kind] : `${NAMES[kind]}: ${quote(path)}${inside}`;
  if (finding !== undefined) return [`${head}: ${findingText(finding, quote)}`];
  const lines = differences.map((one) => differenceText(kind, one, quote));
  return lines.length > 1 ? [head, ...lines] : [`${head}: ${lines.join("")}`];
}

function findingText({ code, severity, args }: DiffFinding, quote: QuoteText): string {
  const about = [args.path, args.uri, args.declared].find((one) => one !== undefined);
  return `${severity} ${printable(code)}${about === undefined ? "" : `: ${quote(String(about))}`}`;
}

/** Kinds whose name says already what differs. */
const PLAIN: ReadonlySet<ChangeKind> = new Set([
  "release-name",
  "release-version",
  "manifest-text",
  "claims",
  "piece-kind",
  "availability",
  "outcome",
  "gate",
  "location-used",
  "license-place",
]);

function differenceText(kind: ChangeKind, { voice, of, before, after }: Difference, quote: QuoteText): string {
  if (kind === "piece-appeared" || kind === "piece-vanished") return `${of}, ${after ?? before}`;
  const value = (side: string | number): string =>
    typeof side === "string" ? quote(side) : of === "size" ? bytesText(side) : countText(side);
  if (of === "presence") return presenceText(voice, before, after);
  // Both in the same unit may look the same.
  const exact = of === "size" && typeof before === "number" && typeof after === "number";
  const shown = exact ? [`${countText(before)} bytes`, `${countText(after)} bytes`] : [];
  const was = before === undefined ? "nothing" : (shown[0] ?? value(before));
  const is = after === undefined ? "nothing" : (shown[1] ?? value(after));
  const said = voice === "found" || voice === "verdict" || PLAIN.has(kind) ? "" : voice;
  const subject = PLAIN.has(kind) || kind === "license" ? "" : isName(kind) ? quote(of) : printable(of);
  return [subject, said, was, "before,", is, "now"].filter((word) => word !== "").join(" ");
}

/** Where `of` is foreign text. */
const isName = (kind: ChangeKind): boolean => kind === "revision" || kind === "definition" || kind === "finding-count";

function presenceText(voice: string, before: string | number | undefined, after: string | number | undefined): string {
  if (voice === "declared") return after === undefined ? "no longer declared" : "declared now";
  if (before === undefined) return "not there before";
  return after === undefined ? "not there any more" : `${before} before, ${after} now`;
}

const SIDES = { before: "the earlier one", after: "the later one", both: "both" } as const;

/** What could not be compared, and why. */
export function untoldText({ code, side, count = 0, finding }: Untold): string {
  return UNTOLD[code](SIDES[side], count, finding ?? "");
}

type Words = (side: string, count: number, finding: string) => string;

const UNTOLD: { readonly [Code in UntoldCode]: Words } = {
  "run-partial": (side) => `${side}: the run was stopped before its end`,
  "piece-not-asked": (side) => `${side}: it was not asked for`,
  "piece-inconclusive": (side) => `${side}: what is there could not be told`,
  "files-cut": (side, count) =>
    `${side}: only the first files are listed, ${plural(count, "file")} at most are only counted`,
  "bytes-not-compared": (_side, count) => `${plural(count, "file")}: no digest on both sides that could be compared`,
  "presence-not-told": (side, count) => `${side}: of ${plural(count, "file")} it is not told whether they are there`,
  "listing-not-read": () => "its files are in a listing, which is not read here",
  "license-not-searched": (side) => `${side}: not all that may speak of a licence was read`,
  "license-not-published": (side) => `${side}: the host did not say its licence`,
  "records-not-compared": (_side, count) =>
    count === 0
      ? "its rows were asked for in one of the two alone"
      : `not all of ${plural(count, "row")} were asked for and answered in both`,
  "findings-cut": (side, count, finding) =>
    `${side}: only the first findings of \`${printable(finding)}\` are listed, of ${countText(count)}`,
  "findings-not-sought": (side, count) =>
    `${side} looked less: ${plural(count, "finding")} of the earlier one may still hold`,
};

/** `report ``a.json`` of 2026-01-01T00:00:00Z, full depth, by version 0.1.0`. */
export function headText(head: DiffHead, quote: QuoteText): string {
  const { form, uri, name, version, timeVerified, depth, verifierVersion } = head;
  const when =
    timeVerified === undefined
      ? ""
      : ` of ${printable(timeVerified)}, ${depth} depth, by version ${printable(verifierVersion ?? "")}`;
  return `${form} ${quote(uri)}: ${quote(`${name} ${version}`)}${when}`;
}
