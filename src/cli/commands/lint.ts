import { exitCode } from "../../judge/exit-code.ts";
import { lint } from "../../run/lint.ts";
import { findingLines } from "../finding-lines.ts";
import { write } from "../output.ts";
import { sourceOf } from "../source.ts";

export interface LintArguments {
  readonly format?: "text" | "json";
  readonly failOn?: "error" | "warning" | "never";
}

/** `wholesource lint`: exit 1 when a finding is as severe as `--fail-on`. */
export async function lintCommand(argument: string, options: LintArguments): Promise<number> {
  const source = await sourceOf(argument, { offline: true });
  const findings = await lint(source);
  if (options.format === "json") {
    await write(`${JSON.stringify({ schemaVersion: "1", manifest: source.uri, findings }, null, 2)}\n`);
  } else {
    for (const line of findingLines(findings, source.uri)) await write(`${line}\n`);
    await write(
      `${summary(
        source.uri,
        findings.map(({ severity }) => severity),
      )}\n`,
    );
  }
  return exitCode([], findings, { failOn: options.failOn ?? "error" });
}

function summary(uri: string, severities: readonly string[]): string {
  if (severities.length === 0) return `${uri}: nothing to say; what the hosts have is for \`wholesource verify\``;
  const count = (severity: string): string => {
    const number = severities.filter((one) => one === severity).length;
    return `${number} ${severity}${number === 1 ? "" : "s"}`;
  };
  return `${count("error")}, ${count("warning")}, ${count("note")}`;
}
