/** The commands that keep a release and take it out again. */
import type { Command } from "commander";
import { archiveHelp, locateHelp, restoreHelp, watchHelp } from "./help-archive.ts";
import { choice, repeated, repeatedNames, wholeNumber } from "./option-values.ts";
import { ENDPOINT, lookOptionsOf, reachOptionsOf } from "./run-options.ts";

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

  program
    .command("locate")
    .description("say where else bytes are: in stores, archives and at Software Heritage")
    .argument("<what...>", "digests, or one manifest: every file that it declares")
    .option("--store <folder>", "a store to look in, beside the user's own")
    .option("--archive <path>", "an archive, or a folder of archives; may be given again", repeated)
    .option("--no-remote", "do not ask Software Heritage")
    .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"))
    .option("--endpoint <resolver=url>", ENDPOINT, repeated)
    .option("--retries <n>", "tries after the first (default: 4)", wholeNumber("--retries", 0, 20))
    .option("--timeout <seconds>", "longest wait for an answer", wholeNumber("--timeout", 1, 3600))
    .option("--allow-private", "reach loopback and private addresses, for a manifest that comes over https")
    .addHelpText("after", locateHelp)
    .action(async (what: string[], options: object) => {
      done(await (await import("./commands/locate.ts")).locateCommand(what, options));
    });

  const watch = program
    .command("watch")
    .description("verify releases again and again, and say what changed")
    .argument("[manifest...]", manifest)
    .option("--list <file>", "a file that names one manifest a line; # begins a comment")
    .requiredOption("--history <folder>", "where what was found is written down")
    .option("--every <interval>", "time from one start to the next, such as 30m, 24h or 7d (default: 24h)")
    .option("--once", "check once and end, for a scheduler")
    .option("--show", "show the history as it is, and check nothing")
    .addOption(choice("--format <format>", "how to print changes", ["text", "json", "markdown"]).default("text"));
  reachOptionsOf(lookOptionsOf(watch))
    .option("-q, --quiet", "nothing on standard error but failures")
    .addHelpText("after", watchHelp)
    .action(async (manifests: string[], options: { readonly history: string }) => {
      done(await (await import("./commands/watch.ts")).watchCommand(manifests, options));
    });
}
