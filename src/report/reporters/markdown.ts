import { digestAlgorithms } from "../../model/digest.ts";
import { type Finding, findingInfo, findingMessage } from "../../model/findings.ts";
import type { PieceReport, Report } from "../../model/report.ts";
import { archiveLine, FAULTS_SHOWN, faultLine, faultsLeft, hostsText } from "../archive-words.ts";
import { lowerFirst } from "../explain.ts";
import { type FindingGroup, type FindingSection, findingSections, positionText } from "../finding-groups.ts";
import { LICENSE_HEAD, licenseRows, lineageHead, parentRows } from "../license-facts.ts";
import { markdownCode, markdownText, markdownValue } from "../markdown-text.ts";
import { nextSteps } from "../next-steps.ts";
import { capabilityLines, claimPhrase, familyLines, OPENNESS_MORE, unaskedText } from "../openness-facts.ts";
import { digestText, filesText, licenseText, pinText, usedLocation, whereText } from "../piece-facts.ts";
import { askedText, basisTexts, recordLines } from "../records-facts.ts";
import type { RenderOptions, Reporter } from "../reporter.ts";
import { countsText, factsText, moreText, omittedText, PARTIAL, timesText, verdictText } from "../wording.ts";

/** Findings of one code and piece that are written out: a page must stay readable, and hosts cap its length. */
const FINDINGS_SHOWN = 20;

/** For pages, issues and step summaries: the facts of the text report in its order. No HTML, no links, no images. */
export const markdown: Reporter = {
  id: "markdown",
  mediaType: "text/markdown; charset=utf-8",
  render(report, options) {
    const sections = findingSections(report.findings, report.findingsOmitted);
    const blocks = [
      `# ${verdictText(report, markdownCode)}`,
      headBlock(report, options),
      tableBlock(report.pieces),
      ...report.pieces.map(recordsBlock),
      ...findingBlocks(report, sections, options),
      omittedText(report, sections, markdownCode),
      licensesBlock(report),
      lineageBlock(report),
      opennessBlock(report),
      `**${countsText(report)}**`,
      nextSteps(report, markdownCode)
        .map((step) => `- next: ${step}`)
        .join("\n"),
    ];
    return blocks
      .filter((block) => block !== undefined && block !== "")
      .map((block) => `${block}\n`)
      .join("\n");
  },
};

function headBlock(report: Report, { manifestName }: RenderOptions): string {
  const { manifest, claims, openness, partial } = report;
  const algorithm = digestAlgorithms.find((one) => manifest.digest[one] !== undefined);
  const digest = algorithm === undefined ? "" : `, ${algorithm} ${markdownCode(manifest.digest[algorithm] ?? "")}`;
  return [
    ...(partial ? [PARTIAL] : []),
    ...archiveItems(report),
    factsText(report),
    `manifest ${markdownCode(manifestName)}${digest}`,
    ...(claims.length === 0
      ? []
      : [`claims ${claims.map((claim) => `${markdownCode(claim)} (${claimPhrase(claim, openness)})`).join(", ")}`]),
  ]
    .map((line) => `- ${line}`)
    .join("\n");
}

/** The archive that answered for the hosts. */
function archiveItems({ archive }: Report): readonly string[] {
  if (archive === undefined) return [];
  const left = faultsLeft(archive, FAULTS_SHOWN);
  const faults = archive.faults.slice(0, FAULTS_SHOWN).map((fault) => markdownText(faultLine(fault, (text) => text)));
  return [`from ${archiveLine(archive)}; ${hostsText(archive)}`, ...faults, ...(left === undefined ? [] : [left])];
}

function tableBlock(pieces: readonly PieceReport[]): string {
  if (pieces.length === 0) return "";
  const rows = pieces.map((piece) => {
    const location = usedLocation(piece);
    const pin = pinText(location);
    return [
      piece.outcome,
      markdownCode(piece.id),
      `${markdownCode(whereText(location))}${pin === undefined ? "" : `, ${pin}`}`,
      filesText(piece),
      digestText(piece),
      markdownCode(licenseText(piece)),
    ];
  });
  const head = ["outcome", "piece", "where", "files", "digest", "licence"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function recordsBlock({ id, records }: PieceReport): string {
  if (records === undefined) return "";
  const head = ["rows", "asked", "share", "of all rows"];
  const rows = recordLines(records).map(({ name, count, share, range }) => [
    name,
    count,
    share,
    range === "" ? share : range,
  ]);
  return [
    `Records of ${markdownCode(id)}: ${askedText(records)}.`,
    "",
    ...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`),
    "",
    ...basisTexts(records, markdownCode).map((text) => `- ${text}`),
  ].join("\n");
}

function licensesBlock({ pieces }: Report): string {
  const rows = licenseRows(pieces, markdownCode);
  if (rows.length === 0) return "";
  return [`## ${LICENSE_HEAD}`, "", ...rows.map(({ license, text }) => `- ${markdownCode(license)}: ${text}`)].join(
    "\n",
  );
}

function lineageBlock(report: Report): string {
  if (report.lineage === undefined) return "";
  const rows = parentRows(report, { quote: markdownCode, safe: markdownText });
  return [
    `**${lineageHead(report.lineage)}**`,
    "",
    ...rows.map(({ head, text }) => `- ${head === "" ? "" : `${head}: `}${text}`),
  ].join("\n");
}

function opennessBlock({ openness }: Report): string {
  if (openness === undefined) return "";
  const head = ["## What it may be called, and what one can do with it", "", `**${markdownText(openness.label)}**`, ""];
  const partial = unaskedText(openness);
  if (partial !== undefined) return [...head, `- ${partial}`].join("\n");
  const rows = familyLines(openness.definitions).map(({ family, text }) => [markdownText(family), markdownText(text)]);
  return [
    ...head,
    ...[["definition", "verdict"], ["---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`),
    "",
    ...capabilityLines(openness.capabilities).map(({ answer, text }) => `- ${answer}: ${markdownText(text)}`),
    `- ${OPENNESS_MORE}`,
  ].join("\n");
}

function findingBlocks(report: Report, sections: readonly FindingSection[], options: RenderOptions): readonly string[] {
  const outcomes = new Map(report.pieces.map(({ id, outcome }) => [id, outcome]));
  return sections.flatMap(({ piece, groups }) => {
    const outcome = piece === undefined ? undefined : outcomes.get(piece);
    const name = piece === undefined ? "the manifest" : markdownCode(piece);
    return [
      `## ${name}${outcome === undefined ? "" : ` is ${outcome}`}`,
      ...groups.map((group) => groupBlock(group, options)),
    ];
  });
}

function groupBlock(group: FindingGroup, options: RenderOptions): string {
  const { code, severity, hint, findings } = group;
  const { title } = findingInfo[code];
  const more = moreText(group, FINDINGS_SHOWN);
  return [
    `**${severity}: ${lowerFirst(title)}** (\`${code}\`)${timesText(group)}`,
    "",
    ...findings.slice(0, FINDINGS_SHOWN).map((found) => `- ${findingLine(found, options)}`),
    ...(more === undefined ? [] : [`- ${more}`]),
    `- hint: ${markdownText(hint)}`,
  ].join("\n");
}

function findingLine(found: Finding, { manifestName }: RenderOptions): string {
  return `${markdownText(findingMessage(found, markdownValue))} (${markdownCode(positionText(found, manifestName))})`;
}
