/** What a finding code means, from the same table that the findings are told with. */
import { WholesourceError } from "../model/error.ts";
import { type FindingCode, findingCodes, findingInfo, isFindingCode } from "../model/findings.ts";
import { nearest } from "../model/nearest.ts";
import { printable, wrap } from "../model/printable.ts";

/** Wider text is tiring to read. */
const LINE_COLUMNS = 80;
const SEVERITY_MEANS = {
  error: "something that the manifest declares is false or absent",
  warning: "something is weak, or could not be told",
  note: "worth knowing, nothing is wrong",
} as const;

/** The page for one code. An unknown code is a usage error that names the nearest one. */
export function explainFinding(code: string, columns: number = LINE_COLUMNS): string {
  if (!isFindingCode(code)) {
    const meant = nearest(code, findingCodes);
    throw new WholesourceError("usage", `\`${printable(code)}\` is not a finding code`, {
      hint:
        meant === undefined
          ? "run `wholesource explain` to see every code"
          : `run \`wholesource explain ${meant}\`, or \`wholesource explain\` to see every code`,
    });
  }
  const { title, severity, meaning, hint } = findingInfo[code];
  const width = Math.min(columns, LINE_COLUMNS);
  const lines = [
    ...wrap(`${code}: ${lowerFirst(title)}`, width),
    ...wrap(`usually ${severity === "error" ? "an" : "a"} ${severity}: ${SEVERITY_MEANS[severity]}`, width),
    "",
    ...wrap(meaning, width),
    "",
    ...wrap(`hint: ${hint}`, width),
  ];
  return `${lines.join("\n")}\n`;
}

/** Every code with its title, one a line. */
export function explainList(): string {
  const longest = Math.max(...findingCodes.map((code) => code.length));
  const line = (code: FindingCode): string => `${code.padEnd(longest)}  ${lowerFirst(findingInfo[code].title)}`;
  return `${findingCodes.map(line).join("\n")}\n`;
}

/** A title as part of a sentence. */
export function lowerFirst(title: string): string {
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}
