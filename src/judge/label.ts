/** The release in one honest line: what of it can be had, and under which conditions. */
import type { PieceKind } from "../model/manifest.ts";
import type { PieceReport } from "../model/report.ts";
import { type LicenseRule, restrictionsOf } from "./license-rule.ts";
import { isMet, type Release } from "./requirement.ts";
import { licenseInForce, standingOf } from "./standing.ts";

const subjects: readonly { readonly name: string; readonly kind: PieceKind; readonly open: LicenseRule }[] = [
  { name: "weights", kind: "weights", open: "open" },
  { name: "training data", kind: "dataset", open: "open-content" },
  { name: "training code", kind: "training-code", open: "open" },
];

/** `weights available under restrictions (non-commercial); training data described, not available; training code open`. */
export function labelOf(release: Release): string {
  const groups: { readonly names: string[]; readonly state: string }[] = [];
  for (const { name, kind, open } of subjects) {
    const state = stateOf(kind, open, release);
    const last = groups.at(-1);
    if (last?.state === state) last.names.push(name);
    else groups.push({ names: [name], state });
  }
  const said = groups.map(({ names, state }) => `${listed(names)} ${state}`);
  const bases = release.bases ?? [];
  return [...said, ...(bases.length === 0 ? [] : ["made from another release"])].join("; ");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function stateOf(kind: PieceKind, open: LicenseRule, release: Release): string {
  const states = [
    ...release.pieces.filter((piece) => piece.kind === kind).map((piece) => pieceState(piece, open)),
    ...(release.unasked ?? []).filter((piece) => piece.kind === kind).map(() => "not asked for"),
  ];
  // A report may tell of the data or not; a data card is made for it.
  const isDescribed =
    kind === "dataset" &&
    release.pieces.some(
      (piece) => piece.kind === "data-card" && isMet(standingOf(piece, { kinds: ["data-card"] }).holds),
    );
  const [first] = states;
  if (first === undefined) return isDescribed ? "described, not available" : "not declared";
  if (states.every((state) => state === first))
    return first === "withheld" && isDescribed ? "described, not available" : first;
  const open_ = states.filter((state) => state.startsWith("open")).length;
  const gone = states.filter((state) => state === NOT_THERE).length;
  if (gone > 0) return `not all there as declared (${gone} of ${states.length} pieces)`;
  return open_ > 0 ? `open in part (${open_} of ${states.length} pieces)` : "available in part";
}

const NOT_THERE = "not there as declared";

function pieceState(piece: PieceReport, open: LicenseRule): string {
  const { outcome, availability } = piece;
  switch (outcome) {
    case "broken":
      return NOT_THERE;
    case "inconclusive":
      return "that could not be told";
    case "withheld":
      return availability === "on-request" ? "on request only" : "withheld";
    case "gated":
      return `behind a gate${conditions(piece, ", ")}`;
    case "verified":
    case "resolved":
      break;
  }
  const { basis } = licenseInForce(piece);
  const { holds } = standingOf(piece, { kinds: [piece.kind], license: open });
  if (holds === "verified") return "open";
  if (holds === "declared") return basis === "detected" ? "open, not all of it measured" : "open as declared";
  if (basis === "none" || piece.license.declared === "NONE") return "there without a licence";
  if (holds === "unknown") return "there, under a licence that could not be told";
  const under = conditions(piece, " ");
  return under === "" ? "there, under terms that a person must read" : `available${under}`;
}

function conditions(piece: PieceReport, before: string): string {
  const { expression } = licenseInForce(piece);
  const flags = expression === undefined ? [] : restrictionsOf(expression);
  return flags.length === 0 ? "" : `${before}under restrictions (${flags.join(", ")})`;
}
