import { WholesourceError } from "../../model/error.ts";
import { printable } from "../../model/printable.ts";
import { plural } from "../../model/quantity.ts";
import { reporterById } from "../../report/registry.ts";
import { type ArchiveForm, archive, formOf } from "../../run/archive.ts";
import { write } from "../output.ts";
import { renderReport } from "../outputs.ts";
import { runInTerminal, shownHere } from "../verification.ts";
import { type RunArguments, verifyOptions } from "../verify-options.ts";

export interface ArchiveArguments extends RunArguments {
  readonly to?: string;
  readonly as?: ArchiveForm;
  readonly format?: string;
  readonly replace?: boolean;
  readonly leave?: readonly string[];
  readonly warc?: boolean;
}

/** `wholesource archive`: the report on standard output, and everything that it was made from in one place. */
export async function archiveCommand(argument: string, options: ArchiveArguments): Promise<number> {
  const { to } = options;
  if (to === undefined) {
    throw new WholesourceError("usage", "`archive` needs a place to put the archive", {
      hint: "add --to FOLDER, or --to FILE.tar.zst",
    });
  }
  const reporter = reporterById(options.format ?? "text");
  if (reporter === undefined) throw new WholesourceError("usage", `there is no report format \`${options.format}\``);
  const time = sourceDate(process.env.SOURCE_DATE_EPOCH);
  const chosen = verifyOptions(options);
  return runInTerminal(argument, options, async (source, context) => {
    const { report, target, unchanged } = await archive(source, {
      ...chosen,
      ...context,
      to,
      form: options.as ?? formOf(to),
      ...(options.replace === true ? { replace: true } : {}),
      ...(options.warc === true ? { warc: true } : {}),
      ...(options.leave === undefined ? {} : { leave: options.leave }),
      ...(time === undefined ? {} : { time }),
    });
    context.done();
    await write(await renderReport(reporter, report, shownHere(report.manifest.uri)));
    const kept = report.pieces.reduce((sum, { counts }) => sum + counts.present, 0);

    process.stderr.write(
      unchanged
        ? `wholesource: nothing changed since ${printable(to)} was made: its hosts were asked, and no file was read again\n`
        : target === undefined
          ? "wholesource: stopped before everything was read, so no archive was written\n"
          : `wholesource: archived ${plural(kept, "file")} in ${printable(to)}\n`,
    );
    return report.summary.exitCode;
  });
}

/** The time that reproducible builds agree on: seconds since 1970, in decimal digits. */
function sourceDate(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) {
    throw new WholesourceError("usage", `SOURCE_DATE_EPOCH is \`${printable(text.slice(0, 80))}\`, which is no time`, {
      hint: "give whole seconds since 1970, or unset it",
    });
  }
  return date.toISOString();
}
