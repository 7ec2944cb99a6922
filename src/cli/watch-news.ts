/** What a check has to tell, in the format that was asked for. */
import { printable } from "../model/printable.ts";
import { type DiffFormat, renderDiff } from "../report/diff-page.ts";
import { markdownCode, markdownText } from "../report/markdown-text.ts";
import type { RenderOptions } from "../report/reporter.ts";
import { jsonText } from "../report/reporters/json.ts";
import type { WatchCheck } from "../run/watch.ts";

/** A page for people, with an empty line after it; in JSON one line. */
export function newsText(check: WatchCheck, format: DiffFormat, options: RenderOptions): string {
  const { line, diff, recovered, worse, exitCode } = check;
  const { time, manifest, failure } = line;
  if (format === "json") {
    const said = { schemaVersion: "1", time, manifest, worse, recovered, exitCode };
    const told = { ...said, ...(failure === undefined ? {} : { failure }), ...(diff === undefined ? {} : { diff }) };
    // Between values alone: inside a string a line's end is escaped.
    return `${jsonText(told).trimEnd().replaceAll(/\n */g, "")}\n`;
  }
  const name = (text: string): string => (format === "markdown" ? markdownCode(text) : `\`${printable(text)}\``);
  const parts: string[] = [];
  if (failure !== undefined) {
    const why = format === "markdown" ? markdownText(failure.message) : printable(failure.message, 500);
    parts.push(`could not be checked: ${name(manifest)}: ${why}\n`);
  }
  if (recovered) parts.push(`can be checked again: ${name(manifest)}\n`);
  if (diff !== undefined && diff.changes.length > 0) parts.push(renderDiff(diff, format, options));
  return `${parts.join("\n")}\n`;
}
