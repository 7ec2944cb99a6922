/** Licences across the pieces of one release: a text, a notice or a policy that lies beside another piece. */
import type { LicenseSighting } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import { compareLicenses } from "../model/license.ts";
import type { LicenseDuty, LicenseDutyId } from "../model/license-duties.ts";
import type { Manifest } from "../model/manifest.ts";
import type { PieceReport } from "../model/report.ts";
import type { PieceJudgement } from "./piece.ts";

/** Where a duty that one piece does not meet is met: in another piece. */
interface Elsewhere {
  readonly piece: string;
  readonly path: string;
}

/** Tells of each piece what of its duties another piece meets; see M13 in `license-places.ts`. */
export function judgeAcross(
  pieces: readonly PieceJudgement[],
  manifest: Pick<Manifest, "pieces">,
  place: (found: Finding) => Finding,
): readonly PieceJudgement[] {
  const reports = pieces.map(({ report }) => report);
  return pieces.map((judged) => {
    const { report } = judged;
    const { license } = report;
    const { duties } = license;
    const moved = duties?.map((duty) => (duty.state === "met" ? duty : withElsewhere(duty, report, reports)));
    if (moved?.some(({ state }) => state === "elsewhere") !== true) return judged;
    const index = manifest.pieces.findIndex(({ id }) => id === report.id);
    const found = moved.flatMap(({ duty, state, piece: from = "", path = "" }, at) => {
      // Where it was not looked for, it may be there as well.
      if (duty !== "license-text" || state !== "elsewhere" || duties?.[at]?.state !== "missing") return [];
      const args = { license: license.flags?.license ?? "", path, from };
      return [
        place(finding("license-inherited", { piece: report.id, pointer: `/pieces/${index}/licenseDeclared`, args })),
      ];
    });
    return {
      ...judged,
      report: { ...report, license: { ...license, duties: moved } },
      findings: [...judged.findings, ...found],
    };
  });
}

function withElsewhere(duty: LicenseDuty, own: PieceReport, reports: readonly PieceReport[]): LicenseDuty {
  const license = own.license.flags?.license;
  if (license === undefined) return duty;
  // Words that lie beside the piece itself, changed or another licence's, are not made up for by better ones elsewhere.
  if (duty.duty === "license-text" && beside(own).some(isText)) return duty;
  for (const other of reports) {
    const found = other.id === own.id ? undefined : holds(other, duty.duty, license);
    if (found !== undefined) return { duty: duty.duty, state: "elsewhere", ...found };
  }
  return duty;
}

const beside = ({ license }: Pick<PieceReport, "license">): readonly LicenseSighting[] =>
  license.sightings.filter(({ path }) => !path.includes("/") || path.startsWith("LICENSES/"));

const isText = ({ source, verdict }: LicenseSighting): boolean => source === "text" && verdict !== "notice-only";

/** What another piece has of it. A policy or a notice belongs to its licence: only a piece under the same one has it. */
function holds({ id, license }: PieceReport, duty: LicenseDutyId, wanted: string): Elsewhere | undefined {
  const found = beside({ license }).find(({ source, verdict, expression, also = [] }) => {
    if (duty === "license-text") {
      const readings = expression === undefined ? [] : [expression, ...also];
      return (
        source === "text" &&
        verdict === "exact" &&
        readings.some((reading) => compareLicenses(wanted, reading) === "same")
      );
    }
    const isSame = license.flags !== undefined && compareLicenses(wanted, license.flags.license) === "same";
    return isSame && source === (duty === "notices" ? "notice" : "policy");
  });
  return found === undefined ? undefined : { piece: id, path: found.path };
}
