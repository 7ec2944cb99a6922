/** Whether one licence keeps what another one asks to be passed on. By kinds of terms: no program reads a contract. */
import { compareLicenses, parseLicense } from "../model/license.ts";
import { type LicenseFlag, type LicenseTerms, termsOfExpression } from "../model/license-terms.ts";
import type { ParentRelation, ParentVerdict } from "../model/lineage.ts";

/** Terms that stay with what is made from a work. */
const sticky: ReadonlySet<LicenseFlag> = new Set([
  "share-alike",
  "non-commercial",
  "no-derivatives",
  "field-of-use",
  "use-policy",
  "user-cap",
  "territory",
  "naming",
  "output-use",
  "non-production",
  "no-hosting",
]);
/** Of data only what its licence says of the use itself; a name or a number of users is about the data. */
const stickyOfData: ReadonlySet<LicenseFlag> = new Set([
  "share-alike",
  "non-commercial",
  "no-derivatives",
  "field-of-use",
  "use-policy",
]);
/** Terms that mean their own text: another licence of the same kind may or may not do. */
const ownText: ReadonlySet<LicenseFlag> = new Set(["share-alike", "field-of-use", "use-policy", "user-cap", "naming"]);

/** What holding two licences against each other came to. */
export interface TermsKept {
  readonly verdict: ParentVerdict;
  readonly dropped: readonly LicenseFlag[];
  readonly detail?: string;
}

/** Compares the licence of what was made with that of what it was made from. */
export function compareTerms(child: string, parent: string, relation: ParentRelation): TermsKept {
  const [own, asked] = [termsOfExpression(child), termsOfExpression(parent)];
  const unclear = (detail: string): TermsKept => ({ verdict: "undetermined", dropped: [], detail });
  if (asked === undefined || asked.length === 0) return unclear(unreadable(parent));
  if (own === undefined || own.length === 0) return unclear(unreadable(child));
  const matters = relation === "trained-on" ? stickyOfData : sticky;
  // Anybody may take the release by any of its alternatives, and its maker could take the parent by any of the parent's.
  const fewest = own.map((way) => asked.map((other) => missing(way, other, matters)).reduce(shorter, undefined) ?? []);
  const dropped = [...new Set(fewest.flat())];
  const isKnown = (terms: readonly LicenseTerms[]): boolean => terms.every(({ known }) => known);
  if (dropped.length > 0 && (isKnown(own) || dropped.includes("no-derivatives")))
    return { verdict: "dropped", dropped };
  if (!isKnown(asked)) return unclear(`nothing is known of the licence \`${parent}\``);
  if (!isKnown(own)) return unclear(`nothing is known of the licence \`${child}\``);
  const asksForText = asked.every(({ flags }) => flags.some((flag) => ownText.has(flag) && matters.has(flag)));
  if (asksForText && compareLicenses(child, parent) !== "same")
    return unclear(
      `\`${child}\` has terms of the same kinds as \`${parent}\`, and whether they are the same ones is for a person`,
    );
  return { verdict: "kept", dropped };
}

/** Nothing keeps what may not be made at all. */
function missing(own: LicenseTerms, asked: LicenseTerms, matters: ReadonlySet<LicenseFlag>): readonly LicenseFlag[] {
  return asked.flags.filter((flag) => matters.has(flag) && (flag === "no-derivatives" || !own.flags.includes(flag)));
}

function shorter(one: readonly LicenseFlag[] | undefined, other: readonly LicenseFlag[]): readonly LicenseFlag[] {
  return one === undefined || other.length < one.length ? other : one;
}

function unreadable(license: string): string {
  const parsed = parseLicense(license);
  const why = parsed.kind === "problem" ? `: ${parsed.detail}` : "";
  return `\`${license}\` names no one licence${why}`;
}
