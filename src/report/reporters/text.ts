import { digestAlgorithms } from "../../model/digest.ts";
import { fitText, middle, textWidth } from "../../model/printable.ts";
import { plural } from "../../model/quantity.ts";
import type { LocationReport, PieceReport, Report } from "../../model/report.ts";
import { archiveLine, FAULTS_SHOWN, faultLine, faultsLeft, hostsText } from "../archive-words.ts";
import { type FindingSection, findingSections } from "../finding-groups.ts";
import { sectionLines } from "../findings-text.ts";
import { LICENSE_HEAD, licenseRows, lineageHead, parentRows } from "../license-facts.ts";
import { nextSteps } from "../next-steps.ts";
import { capabilityLines, claimPhrase, familyLines, OPENNESS_MORE, unaskedText } from "../openness-facts.ts";
import { whereText } from "../piece-facts.ts";
import { pieceLines } from "../pieces-text.ts";
import { askedText, basisTexts, type RecordLine, recordLines } from "../records-facts.ts";
import type { RenderOptions, Reporter } from "../reporter.ts";
import { type Terminal, terminal } from "../terminal.ts";
import { countsText, factsText, omittedText, PARTIAL, verdictText, worstOutcome } from "../wording.ts";

/** Columns of a licence expression before a line on it; longer ones are cut in their middle. */
const LICENSE_MAX = 32;

/** For people at a terminal: is it whole, what is not and why, what to do. */
export const text: Reporter = {
  id: "text",
  mediaType: "text/plain; charset=utf-8",
  render(report, options) {
    const to = terminal(options);
    const sections = findingSections(report.findings, report.findingsOmitted);
    const paragraphs = [
      headLines(report, options, to),
      pieceLines(report.pieces, to),
      ...report.pieces.map((piece) => recordsLines(piece, to)),
      ...findingParagraphs(report, sections, options, to),
      omittedLines(report, sections, to),
      licenseLines(report, to),
      lineageLines(report, to),
      opennessLines(report, to),
      lastLines(report, to),
    ];
    return paragraphs
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => `${line}\n`).join(""))
      .join("\n");
  },
};

function headLines(report: Report, { manifestName }: RenderOptions, to: Terminal): readonly string[] {
  const worst = worstOutcome(report);
  const isDamaged = report.archive?.valid === false;
  const verdict = to.block(verdictText(report, to.quote), 0, 2);
  return [
    ...verdict.map((line) => to.strong(worst === undefined ? line : to.outcome(isDamaged ? "broken" : worst, line))),
    ...(report.partial ? to.block(PARTIAL, 0, 2) : []),
    ...archiveLines(report, to),
    ...to.block(factsText(report), 0, 2),
    ...manifestLines(report, manifestName, to),
    ...claimLines(report, to),
  ];
}

/** The archive that answered for the hosts. */
function archiveLines({ archive }: Report, to: Terminal): readonly string[] {
  if (archive === undefined) return [];
  const left = faultsLeft(archive, FAULTS_SHOWN);
  return [
    ...to.block(`from ${archiveLine(archive)}; ${hostsText(archive)}`, 0, 2),
    ...archive.faults.slice(0, FAULTS_SHOWN).flatMap((fault) => to.block(faultLine(fault, to.quote), 2, 4)),
    ...(left === undefined ? [] : to.block(left, 2, 4)),
  ];
}

function manifestLines({ manifest }: Report, manifestName: string, to: Terminal): readonly string[] {
  const algorithm = digestAlgorithms.find((one) => manifest.digest[one] !== undefined);
  const digest = algorithm === undefined ? "" : `, ${algorithm} ${to.safe(manifest.digest[algorithm] ?? "")}`;
  return to.block(`manifest ${to.safe(manifestName)}${digest}`, 0, 2);
}

/** A claim that nobody judged must not look granted. */
function claimLines({ claims, openness }: Report, to: Terminal): readonly string[] {
  if (claims.length === 0) return [];
  const judged = claims.map((claim) => `${to.safe(claim)} (${claimPhrase(claim, openness)})`);
  return to.block(`claims ${judged.join(", ")}`, 0, 2);
}

/** What the licences ask for: one line for all pieces that are under one in the same way. */
function licenseLines({ pieces }: Report, to: Terminal): readonly string[] {
  const rows = licenseRows(pieces, to.quote);
  const heads = rows.map(({ license }) => middle(to.safe(license), LICENSE_MAX));
  const width = Math.max(0, ...heads.map(textWidth));
  return rows.length === 0
    ? []
    : [
        ...to.block(LICENSE_HEAD, 0, 2),
        ...rows.flatMap(({ text }, index) => to.block(`${fitText(heads[index] ?? "", width)}  ${text}`, 2, 2)),
      ];
}

function lineageLines(report: Report, to: Terminal): readonly string[] {
  if (report.lineage === undefined) return [];
  const rows = parentRows(report, to);
  const width = Math.max(0, ...rows.map(({ head }) => head.length));
  return [
    ...to.block(lineageHead(report.lineage), 0, 2).map(to.strong),
    ...rows.flatMap(({ head, text }) => to.block(`${head.padEnd(width)}  ${text}`, 2, 2)),
  ];
}

/** What it may be called and what one can do with it: one line for each published text. */
function opennessLines({ openness }: Report, to: Terminal): readonly string[] {
  if (openness === undefined) return [];
  const label = to.block(openness.label, 0, 2).map(to.strong);
  const partial = unaskedText(openness);
  if (partial !== undefined) return [...label, ...to.block(partial, 2, 2)];
  const rows = [
    ...familyLines(openness.definitions).map(({ family, text }) => ({ head: family, text })),
    ...capabilityLines(openness.capabilities).map(({ answer, text }) => ({ head: answer, text })),
  ];
  const width = Math.max(...rows.map(({ head }) => head.length));
  return [
    ...label,
    ...rows.flatMap(({ head, text }) => to.block(`${head.padEnd(width)}  ${text}`, 2, width + 2)),
    ...to.block(OPENNESS_MORE, 2, 2).map(to.faint),
  ];
}

/** The rows of a list of addresses: shares under each other, so that they can be compared. */
function recordsLines({ id, records }: PieceReport, to: Terminal): readonly string[] {
  if (records === undefined) return [];
  const lines = recordLines(records);
  const width = (part: (line: RecordLine) => string): number => Math.max(0, ...lines.map((line) => part(line).length));
  const [names, shares, ranges] = [width(({ name }) => name), width(({ share }) => share), width(({ range }) => range)];
  return [
    ...to.block(`records of ${to.quote(id)}: ${askedText(records)}`, 0, 2),
    ...lines.flatMap(({ name, share, range }) =>
      to.block(`${name.padEnd(names)}  ${share.padStart(shares)}  ${range.padStart(ranges)}`.trimEnd(), 2, 2),
    ),
    ...basisTexts(records, to.quote).flatMap((text) => to.block(text, 2, 2).map(to.faint)),
  ];
}

function findingParagraphs(
  report: Report,
  sections: readonly FindingSection[],
  options: RenderOptions,
  to: Terminal,
): readonly (readonly string[])[] {
  const pieces = new Map(report.pieces.map((piece) => [piece.id, piece]));
  return sections.map((section) => {
    const piece = section.piece === undefined ? undefined : pieces.get(section.piece);
    return [
      ...sectionLines(section, piece?.outcome, options, to),
      ...(piece === undefined ? [] : triedLines(piece, to)),
    ];
  });
}

/** How the places answered, where there is more to tell than the table does. */
function triedLines(piece: PieceReport, to: Terminal): readonly string[] {
  if (piece.locations.length < 2 && !piece.locations.some(({ exchange }) => (exchange?.hops.length ?? 0) > 0))
    return [];
  return piece.locations.flatMap((location, index) => {
    const used = index === piece.location && location.status === "found" ? ", used" : "";
    return to.block(`tried: ${to.safe(whereText(location))}: ${answerText(location, to)}${used}`, 2, 2);
  });
}

function answerText({ status, refusal, exchange }: LocationReport, to: Terminal): string {
  const http = refusal?.httpStatus ?? exchange?.httpStatus;
  const hops = exchange?.hops.length ?? 0;
  const attempts = refusal?.attempts ?? 1;
  return [
    refusal === undefined ? status.replace("-", " ") : `${refusal.kind}, ${refusal.reason}`,
    ...(http === undefined ? [] : [`HTTP ${http}`]),
    ...(attempts > 1 ? [`asked ${attempts} times`] : []),
    ...(hops === 0 ? [] : [`${plural(hops, "redirect")} to ${to.safe(exchange?.finalUrl ?? "")}`]),
  ].join(", ");
}

function omittedLines(report: Report, sections: readonly FindingSection[], to: Terminal): readonly string[] {
  const omitted = omittedText(report, sections, to.quote);
  return omitted === undefined ? [] : to.block(omitted, 0, 2);
}

function lastLines(report: Report, to: Terminal): readonly string[] {
  return [
    ...to.block(countsText(report), 0, 2).map(to.strong),
    ...nextSteps(report, to.quote).flatMap((step) => to.block(`next: ${step}`, 0, "next: ".length)),
  ];
}
