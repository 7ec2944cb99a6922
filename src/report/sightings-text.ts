/** Places that speak of a licence, for a terminal. */
import type { LicenseAddition, LicenseHunk, LicenseReading, LicenseSighting } from "../model/evidence.ts";
import { printable } from "../model/printable.ts";

/** Characters of a difference that a line shows. */
const SHOWN_LENGTH = 160;

/** The lines about one place; foreign text is escaped. */
export function sightingLines(sighting: LicenseSighting): readonly string[] {
  const { path, line, source, parts = [] } = sighting;
  const at = `${printable(path, SHOWN_LENGTH)}${line === undefined ? "" : `:${line}`}`;
  return [
    `${at}  ${source === "text" ? readingText(sighting) : statedText(sighting)}`,
    ...parts.flatMap((part) => [
      `    ${part.line === part.lineEnd ? `line ${part.line}` : `lines ${part.line}-${part.lineEnd}`}  ${readingText(part)}`,
      ...detailLines(part, "        "),
    ]),
    ...detailLines(sighting, "    "),
  ];
}

function readingText(reading: LicenseReading): string {
  const { verdict, expression, also = [], resembles, score, basis } = reading;
  const others = also.length === 0 ? "" : ` (or ${also.join(", ")})`;
  const share = score === undefined ? "" : ` (${Math.floor(score * 1000) / 10} % alike)`;
  const why = basis === "fingerprint" ? " by its key phrases" : basis === "reference" ? " by name" : "";
  if (expression !== undefined) return `${verdict}  ${expression}${others}${why}`;
  if (resembles !== undefined) return `${verdict}  resembles ${resembles}${share}${why}`;
  return verdict;
}

/** What states an expression is no text that could be compared. */
function statedText({ source, expression, raw }: LicenseSighting): string {
  const where = sourceNames[source] ?? source;
  if (expression !== undefined) return `stated  ${expression} (${where})`;
  return raw === undefined ? where : `unknown  the ${where} says ${printable(raw, SHOWN_LENGTH)}`;
}

const sourceNames: { readonly [source: string]: string } = {
  metadata: "field",
  policy: "a use policy, for a person to read",
  notice: "notices, for a person to read",
};

function detailLines({ difference = [], additions = [] }: LicenseReading, indent: string): readonly string[] {
  return [
    ...difference.flatMap((hunk) => hunkLines(hunk, indent)),
    ...additions.map((one) => additionLine(one, indent)),
  ];
}

function hunkLines({ line, removed, added, material }: LicenseHunk, indent: string): readonly string[] {
  const label = `line ${line}${material ? "" : ", no term"}`;
  const sides = [
    ...(removed === "" ? [] : [`- ${printable(removed, SHOWN_LENGTH)}`]),
    ...(added === "" ? [] : [`+ ${printable(added, SHOWN_LENGTH)}`]),
  ];
  return sides.map((side, index) => `${indent}${index === 0 ? label : " ".repeat(label.length)}  ${side}`);
}

function additionLine({ line, where, text }: LicenseAddition, indent: string): string {
  return `${indent}line ${line}, ${where}  + ${printable(text, SHOWN_LENGTH)}`;
}
