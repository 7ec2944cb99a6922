import { type Finding, findingInfo, findingMessage } from "../model/findings.ts";
import { printable } from "../model/printable.ts";

/** One finding per pair of lines, in the `file:line:column: severity code: message` form that editors jump to. */
export function* findingLines(findings: readonly Finding[], manifest: string): Generator<string> {
  for (const finding of findings) {
    const { severity, code, line, column, pointer, piece } = finding;
    const place = line === undefined ? `${manifest}: ${pointer}` : `${manifest}:${line}:${column ?? 1}`;
    const of = piece === undefined ? "" : ` [${piece}]`;
    yield `${printable(place)}: ${severity} ${code}${printable(of)}: ${findingMessage(finding, printable)}`;
    yield `  hint: ${findingInfo[code].hint}`;
  }
}
