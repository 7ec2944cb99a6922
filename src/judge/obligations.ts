/** Flags and duties of one piece: from the licence that was found where one was, else from the declared one. */
import type { LicenseSighting } from "../model/evidence.ts";
import { compareLicenses, parseLicense } from "../model/license.ts";
import type { LicenseDuty, LicenseDutyId, LicenseFlags } from "../model/license-duties.ts";
import { type LicenseFlag, licenseFlags, termsOfExpression } from "../model/license-terms.ts";
import type { LicenseReport } from "../model/report.ts";

/** Licences that want a notice file of their own wording beside the copies, by the end of their reference. */
const wantNotice = /^LicenseRef-(?:HF-)?(?:llama|gemma)/i;
/** Licences that want the notices of others passed on where there are any. */
const passNoticesOn: ReadonlySet<string> = new Set(["Apache-2.0", "ECL-2.0"]);

/** Licences that are content with an address in place of their text. */
const linkSuffices = /^(?:CC-|ODbL-|ODC-By-|etalab-|OGL-)/;

/** True where whoever passes the piece on owes the licence's text, whichever alternative is taken. */
export function owesText({ license, flags }: LicenseFlags): boolean {
  const ids = license.split(/ (?:AND|OR) |[()]/).filter((id) => id.trim() !== "");
  return flags.includes("attribution") && !ids.some((id) => linkSuffices.test(id));
}

type Licensed = Pick<LicenseReport, "declared" | "concluded" | "agreement" | "searched" | "sightings">;

/** The licence that a piece is under, with what that rests on; undefined where none is declared or found. */
export function governingLicense(report: Licensed): Pick<LicenseFlags, "license" | "basis"> | undefined {
  const { declared, concluded, agreement, sightings } = report;
  const isRead = sightings.some(({ source, verdict, parts }) => {
    if (source !== "text") return false;
    return verdict === "exact" || parts?.some((part) => part.verdict === "exact") === true;
  });
  const basis = isRead ? "text" : "stated";
  // What is declared says more than a text that agrees with it: `-or-later`, an exception, a choice.
  if (agreement === "match" && declared !== undefined && concluded !== "NOASSERTION")
    return { license: expressionOf(declared) ?? declared, basis };
  if (concluded !== "NOASSERTION") return { license: concluded, basis };
  const expression = declared === undefined ? undefined : expressionOf(declared);
  return expression === undefined ? undefined : { license: expression, basis: "declared" };
}

function expressionOf(text: string): string | undefined {
  const parsed = parseLicense(text);
  return "expression" in parsed ? parsed.expression : undefined;
}

/** What the licence of a piece asks and forbids; undefined where it has none. */
export function flagsOf(report: Licensed): LicenseFlags | undefined {
  const inForce = governingLicense(report);
  if (inForce === undefined) return undefined;
  const terms = termsOfExpression(inForce.license);
  if (terms === undefined || terms.length === 0) return { ...inForce, known: false, flags: [] };
  const ways = terms.map(({ flags }) => flags);
  const flags = licenseFlags.filter((flag) => ways.every((way) => way.includes(flag)));
  const differ = ways.some((way) => way.length !== flags.length);
  return { ...inForce, known: terms.every(({ known }) => known), flags, ...(differ ? { ways } : {}) };
}

/** What passing the piece on needs, and whether it is there. A duty that not every alternative has is no duty here. */
export function dutiesOf(report: Licensed, flags: LicenseFlags | undefined): readonly LicenseDuty[] {
  if (flags === undefined) return [];
  const { sightings, searched } = report;
  const own = sightings.filter(({ path }) => !path.includes("/") || path.startsWith("LICENSES/"));
  const at = (test: (sighting: LicenseSighting) => boolean): string | undefined => own.find(test)?.path;
  const duty = (id: LicenseDutyId, path: string | undefined): LicenseDuty => {
    if (path !== undefined) return { duty: id, state: "met", path };
    return { duty: id, state: searched === "complete" ? "missing" : "undetermined" };
  };
  const asks = (flag: LicenseFlag): boolean => flags.flags.includes(flag);
  const notice = at(({ source }) => source === "notice");
  const atoms = flags.license.split(/ (?:AND|OR|WITH) |[()]/);
  return [
    ...(owesText(flags) ? [duty("license-text", textOf(own, flags.license))] : []),
    ...(atoms.some((atom) => wantNotice.test(atom))
      ? [duty("notices", notice)]
      : notice !== undefined && atoms.some((atom) => passNoticesOn.has(atom))
        ? [duty("notices", notice)]
        : []),
    ...(asks("use-policy")
      ? [
          duty(
            "use-policy",
            at(({ source }) => source === "policy"),
          ),
        ]
      : []),
  ];
}

/** A text that may be the licence's: one that was recognised as another licence is not. */
function textOf(own: readonly LicenseSighting[], license: string): string | undefined {
  const texts = own.filter(({ source, verdict }) => source === "text" && verdict !== "notice-only");
  const isIts = ({ verdict, expression, resembles }: LicenseSighting): boolean => {
    if (verdict === "modified") return false;
    const named = expression ?? resembles;
    return named !== undefined && compareLicenses(license, named) !== "different";
  };
  return texts.find(isIts)?.path;
}
