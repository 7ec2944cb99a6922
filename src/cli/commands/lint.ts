import { exitCode } from "../../judge/exit-code.ts";
import { WholesourceError } from "../../model/error.ts";
import type { Finding } from "../../model/findings.ts";
import { plural } from "../../model/quantity.ts";
import { lint } from "../../run/lint.ts";
import type { ManifestSource } from "../../run/source.ts";
import { findingLines } from "../finding-lines.ts";
import { manifestName } from "../manifest-name.ts";
import { columnsOf, write } from "../output.ts";
import { sourceOf } from "../source.ts";

export interface LintArguments {
  readonly format?: "text" | "json";
  readonly failOn?: "error" | "warning" | "never";
}

/** What every command exits with when the manifest can not be used. */
const UNUSABLE = 2;

/** `wholesource lint`: exit 1 when a finding is as severe as `--fail-on`, 2 when the manifest can not be used. */
export async function lintCommand(argument: string, options: LintArguments): Promise<number> {
  if (/^https?:\/\//i.test(argument)) {
    throw new WholesourceError("usage", "`lint` asks no host", {
      hint: "download the manifest and name its file, or run `wholesource verify`",
    });
  }
  const source = await sourceOf(argument, { offline: true });
  const { findings, usable } = await linted(source);
  if (options.format === "json") {
    const said = { schemaVersion: "1", manifest: source.uri, usable, findings };
    await write(`${JSON.stringify(said, null, 2)}\n`);
  } else {
    const lines = [...findingLines(findings, manifestName(source.uri), columnsOf(process.stdout))];
    await write(`${[...lines, summary(manifestName(source.uri), findings, usable)].join("\n")}\n`);
  }
  return usable ? exitCode([], findings, { failOn: options.failOn ?? "error" }) : UNUSABLE;
}

/** The findings are what was asked for, also where they make the manifest unusable. */
async function linted(
  source: ManifestSource,
): Promise<{ readonly findings: readonly Finding[]; readonly usable: boolean }> {
  try {
    return { findings: await lint(source), usable: true };
  } catch (error) {
    if (error instanceof WholesourceError && error.code === "manifest-invalid") {
      return { findings: error.findings, usable: false };
    }
    throw error;
  }
}

function summary(name: string, findings: readonly Finding[], usable: boolean): string {
  if (findings.length === 0)
    return `${name}: nothing wrong in the text itself; \`wholesource verify\` checks the pieces`;
  const count = (severity: Finding["severity"]): string =>
    plural(findings.filter((found) => found.severity === severity).length, severity);
  const counts = `${count("error")}, ${count("warning")}, ${count("note")}`;
  return usable ? counts : `${counts}; the manifest can not be used before the errors are mended`;
}
