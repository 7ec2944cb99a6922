import { type Finding, findingHint, findingMessage } from "../model/findings.ts";
import { printable } from "../model/printable.ts";
import { folded } from "./output.ts";

/**
 * One line for each finding, in the `file:line:column: severity code: message` form that editors jump to, and below it
 * what to do: said once where several findings in a row ask for the same. Folded where a terminal has `columns`.
 */
export function* findingLines(
  findings: readonly Finding[],
  manifest: string,
  columns: number | undefined,
): Generator<string> {
  for (const [index, finding] of findings.entries()) {
    const { severity, code, line, column, pointer, piece } = finding;
    const place = line === undefined ? `${manifest}: ${pointer}` : `${manifest}:${line}:${column ?? 1}`;
    const of = piece === undefined ? "" : ` [${piece}]`;
    const message = findingMessage(finding, printable);
    yield* folded(`${printable(place)}: ${severity} ${code}${printable(of)}: ${message}`, columns);
    const hint = findingHint(finding, printable);
    const next = findings[index + 1];
    if (next === undefined || findingHint(next, printable) !== hint) yield* folded(`  hint: ${hint}`, columns);
  }
}
