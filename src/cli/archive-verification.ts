import type { ArchiveCheck } from "../model/archive-check.ts";
import { WholesourceError } from "../model/error.ts";
import { printable } from "../model/printable.ts";
import type { Report } from "../model/report.ts";
import { archiveLine, FAULTS_SHOWN, faultLine, faultsLeft } from "../report/archive-words.ts";
import { jsonText } from "../report/reporters/json.ts";
import type { VerifyOptions } from "../run/options.ts";
import { verifyArchive } from "../run/verify-archive.ts";
import { write } from "./output.ts";
import { runHere } from "./verification.ts";

/** Verifies an archive; `tell` shows the report of a release, and makes the exit code of it. */
export async function withArchiveReport(
  argument: string,
  options: { readonly quiet?: boolean; readonly format?: string },
  chosen: VerifyOptions,
  tell: (report: Report) => Promise<number>,
): Promise<number> {
  return runHere(options, async ({ begin, done, ...run }) => {
    begin();
    const verified = await verifyArchive(argument, { ...chosen, ...run });
    done();
    if (verified === undefined) {
      throw new WholesourceError("input-unreadable", `\`${argument}\` is neither a manifest nor an archive`, {
        hint: "name a manifest, a bag, an RO-Crate, an OCI layout, or a tar or zip of one",
        subject: argument,
      });
    }
    const { report, check } = verified;
    if (report !== undefined) return tell(report);
    await write(options.format === "json" ? jsonText(check) : checkText(check));
    for (const fault of check.faults) {
      if (fault.severity === "warning") process.stderr.write(`wholesource: ${faultLine(fault, quoted)}\n`);
    }
    return check.valid ? 0 : 1;
  });
}

const quoted = (text: string): string => `\`${printable(text)}\``;

/** An archive that somebody else made: there is no release to speak of, but its own manifests hold or do not. */
function checkText(check: ArchiveCheck): string {
  const errors = check.faults.filter(({ severity }) => severity === "error");
  const left = faultsLeft({ ...check, faults: errors }, FAULTS_SHOWN);
  return [
    archiveLine(check),
    ...errors.slice(0, FAULTS_SHOWN).map((fault) => `  ${faultLine(fault, quoted)}`),
    ...(left === undefined ? [] : [`  ${left}`]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
