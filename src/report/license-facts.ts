/** What the licences of a release ask for, and what it was made from, as short phrases. Foreign text goes through `quote`. */
import type { LicenseDuty, LicenseFlags } from "../model/license-duties.ts";
import { restrictions } from "../model/license-terms.ts";
import type { LineageReport, ParentReport } from "../model/lineage.ts";
import type { PieceReport, Report } from "../model/report.ts";
import type { Quote } from "./wording.ts";

/** Foreign text made safe: `quote` for names, `safe` for sentences that hold some. */
export interface Foreign {
  readonly quote: Quote;
  readonly safe: (text: string) => string;
}

/** One licence with the pieces that are under it in the same way. */
export interface LicenseRow {
  readonly license: string;
  readonly text: string;
}

/** Pieces that one row names; the report's JSON has all. */
const PIECES_MAX = 6;
/** Parents that are told one by one. */
const PARENTS_MAX = 20;

/** Said above the rows. */
export const LICENSE_HEAD = "what the licences ask for, by kinds of terms (no legal advice)";

/** One row for each licence that pieces are under; none where no licence is known. */
export function licenseRows(pieces: readonly PieceReport[], quote: Quote): readonly LicenseRow[] {
  const rows = new Map<string, { readonly license: string; readonly text: string; readonly ids: string[] }>();
  for (const { id, license } of pieces) {
    const { flags, duties = [] } = license;
    if (flags === undefined) continue;
    const text = [termsText(flags), ...dutyTexts(duties)].join("; ");
    const key = `${flags.license}\n${text}`;
    const row = rows.get(key) ?? { license: flags.license, text, ids: [] };
    row.ids.push(id);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ license, text, ids }) => {
    const more = ids.length > PIECES_MAX ? ` and ${ids.length - PIECES_MAX} more` : "";
    return { license, text: `${ids.slice(0, PIECES_MAX).map(quote).join(", ")}${more}: ${text}` };
  });
}

const basisTexts: { readonly [Basis in LicenseFlags["basis"]]: string } = {
  text: "",
  stated: ", as stated beside it",
  declared: ", as declared only",
};

function termsText({ known, flags, ways, basis }: LicenseFlags): string {
  if (!known) return `nothing is known of its terms${basisTexts[basis]}`;
  const asks = flags.filter((flag) => !restrictions.has(flag));
  const limits = flags.filter((flag) => restrictions.has(flag));
  const parts = [
    ...(asks.length === 0 ? [] : [`asks for ${asks.join(", ")}`]),
    ...(limits.length === 0 ? [] : [`restricted by ${limits.join(", ")}`]),
  ];
  const all = parts.length === 0 ? "asks for nothing" : parts.join(", ");
  return `${all}${ways === undefined ? "" : " whichever alternative is taken"}${basisTexts[basis]}`;
}

const dutyNames: { readonly [Duty in LicenseDuty["duty"]]: string } = {
  "license-text": "licence text",
  notices: "notices",
  "use-policy": "use policy",
};

function dutyTexts(duties: readonly LicenseDuty[]): readonly string[] {
  const named = (state: LicenseDuty["state"]): string =>
    duties.flatMap((duty) => (duty.state === state ? [dutyNames[duty.duty]] : [])).join(", ");
  const told = (state: LicenseDuty["state"], words: string): readonly string[] =>
    named(state) === "" ? [] : [`${named(state)} ${words}`];
  return [
    ...told("met", "there"),
    ...told("elsewhere", "beside another piece"),
    ...told("missing", "missing"),
    ...told("undetermined", "not looked for to the end"),
  ];
}

const verdictTexts: { readonly [Verdict in LineageReport["verdict"]]: string } = {
  kept: "the terms of every parent are kept, as far as the chain was told",
  undetermined: "whether the terms of the parents are kept could not be told",
  dropped: "terms of a parent are dropped",
};

/** Said above the parents. */
export function lineageHead({ verdict }: LineageReport): string {
  return `made from others: ${verdictTexts[verdict]}`;
}

/** One row for each parent, nearest first. */
export function parentRows(
  report: Pick<Report, "lineage">,
  foreign: Foreign,
): readonly { head: string; text: string }[] {
  const { parents = [] } = report.lineage ?? {};
  const rows = parents
    .slice(0, PARENTS_MAX)
    .map((parent) => ({ head: parent.verdict, text: parentText(parent, foreign) }));
  const left = parents.length - rows.length;
  return left <= 0 ? rows : [...rows, { head: "", text: `and ${left} more` }];
}

const relationTexts: { readonly [Relation in ParentReport["relation"]]: string } = {
  finetune: "fine-tuned from",
  adapter: "an adapter of",
  quantized: "quantised from",
  merge: "merged from",
  distilled: "distilled from",
  "made-from": "made from",
  "trained-on": "trained on",
};

function parentText(
  { uri, relation, child, license, dropped = [], reason, status, detail }: ParentReport,
  { quote, safe }: Foreign,
): string {
  const who = child === "release" ? "" : `, by way of ${quote(child)}`;
  const terms = license === undefined ? "" : ` under ${quote(license)}`;
  const why =
    dropped.length > 0
      ? `: ${dropped.join(", ")}`
      : status === "refused"
        ? `: ${reason ?? status}`
        : detail === undefined
          ? ""
          : `: ${safe(detail)}`;
  return `${relationTexts[relation]} ${quote(uri)}${terms}${who}${why}`;
}
