/** The commands that keep a release and take it out again. */
import type { Command } from "commander";
import { archiveHelp, restoreHelp } from "./help-archive.ts";
import { choice, repeatedNames } from "./option-values.ts";
import { lookOptionsOf, reachOptionsOf } from "./run-options.ts";

/** Adds them to the program. Each command's code is loaded when it runs. */
export function addArchiveCommands(program: Command, manifest: string, done: (exitCode: number) => void): void {
  const archive = program
    .command("archive")
    .description("verify a release and keep it: every byte, the evidence and the report")
    .argument("[manifest]", manifest, ".")
    .requiredOption("--to <place>", "a folder, a file ending with .tar, .tar.gz or .tar.zst, or oci://host/name:tag")
    .addOption(
      choice("--as <form>", "what to write (default: as the name of the place says)", [
        "bag",
        "tar",
        "tar.gz",
        "tar.zst",
        "oci",
      ]),
    )
    .option("--leave <piece>", "keep only the addresses and digests of this piece; may be given again", repeatedNames)
    .option("--warc", "keep the HTTP exchanges too, as a web archive")
    .option("--replace", "put it in the place of an archive that is there")
    .addOption(
      choice("--format <format>", "the report on standard output", ["text", "json", "markdown"]).default("text"),
    );
  reachOptionsOf(lookOptionsOf(archive))
    .addOption(
      choice("--fail-on <severity>", "findings that make exit code 1", ["error", "warning", "never"]).default("error"),
    )
    .option("-q, --quiet", "no progress on standard error")
    .addHelpText("after", archiveHelp)
    .action(async (argument: string, options: object) => {
      done(await (await import("./commands/archive.ts")).archiveCommand(argument, options));
    });

  program
    .command("restore")
    .description("check an archive and lay its pieces out again, as they were declared")
    .argument("<archive>", "what `wholesource archive` wrote")
    .requiredOption("--to <folder>", "a folder that is not there yet")
    .option("-q, --quiet", "no progress on standard error")
    .addHelpText("after", restoreHelp)
    .action(async (argument: string, options: { readonly to: string }) => {
      done(await (await import("./commands/restore.ts")).restoreCommand(argument, options));
    });
}
