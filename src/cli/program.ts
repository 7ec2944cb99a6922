import { Command, CommanderError } from "commander";
import { depths } from "../model/report.ts";
import { VERSION } from "../model/version.ts";
import { DRAW_MAX, SEED_MAX } from "../records/draw.ts";
import { printFailure } from "./failure.ts";
import { hashHelp, licenseHelp, lintHelp, planHelp, programHelp, resolveHelp, verifyHelp } from "./help.ts";
import { choice, repeated, repeatedNames, wholeNumber, wordOr } from "./option-values.ts";
import { usageError } from "./usage.ts";

const ENDPOINT = "where a resolver asks instead of at its usual host; may be given again";
const MANIFEST = "a manifest file, a folder that has one, an https URL, or - for standard input";

/** Reads the command line, runs the command and returns the exit code. Never throws. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const end = argv.indexOf("--");
  const isDebug = (word: string, index: number): boolean => word === "--debug" && (end < 0 || index < end);
  const debug = argv.some(isDebug);
  let code = 0;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(
      argv.filter((word, index) => !isDebug(word, index)),
      { from: "user" },
    );
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return printFailure(error, debug);
  }
}

/** The command tree. Each command's code is loaded when it runs: `--help` stays instant. */
function buildProgram(done: (exitCode: number) => void): Command {
  const program = new Command("wholesource")
    .description("Is the whole source of this model there? Gets every declared piece of a release and checks it.")
    .version(VERSION, "-V, --version")
    .option("--debug", "show stack traces of errors; may stand after a command too")
    // Errors are told by `printFailure`, all in one form.
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", programHelp);

  program
    .command("verify")
    .description("get every declared piece, measure it, and report what holds")
    .argument("[manifest]", MANIFEST, ".")
    .addOption(
      choice(
        "--depth <depth>",
        "ask the hosts only, or read every byte; sample: of lists of addresses only drawn rows",
        depths,
      ).default("full"),
    )
    .option(
      "--sample <n>",
      "rows of a list of addresses to ask for, or all (default: all at full depth, else 2000)",
      wordOr("all", wholeNumber("--sample", 1, DRAW_MAX)),
    )
    .option("--seed <n>", "what draws them (default: told in the report)", wholeNumber("--seed", 0, SEED_MAX))
    .option("--piece <id>", "only this piece; for several, give it again or write a,b", repeatedNames)
    .addOption(
      choice("--format <format>", "the report on standard output", ["text", "json", "markdown"]).default("text"),
    )
    .option("--output <format=file>", "write a report to a file too; may be given again", repeated)
    .option("--evidence <file>", "write every piece of evidence as JSON lines")
    .option("--store <folder>", "keep what was verified here, and resume interrupted downloads from it")
    .option("--keep-bad", "with --store: keep bytes that do not match, in its quarantine")
    .option("--offline", "open no socket at all")
    .option(
      "--concurrency <n>",
      "threads that read and measure (default: one per core)",
      wholeNumber("--concurrency", 1, 64),
    )
    .option("--per-host <n>", "connections to one host at a time (default: 8)", wholeNumber("--per-host", 1, 256))
    .option("--retries <n>", "tries after the first (default: 4)", wholeNumber("--retries", 0, 20))
    .option(
      "--timeout <seconds>",
      "longest wait for a connection, an answer and the next bytes (default: 10, 30 and 60)",
      wholeNumber("--timeout", 1, 3600),
    )
    .option("--endpoint <resolver=url>", ENDPOINT, repeated)
    .option("--archived", "ask Software Heritage whether it keeps the commits of git locations")
    .option("--save-code-now", "the same, and ask it to archive the repositories that it does not keep")
    .option("--allow-private", "reach loopback and private addresses")
    .option("--allow-downgrade", "follow redirects from https to http")
    .option("--allow-outside", "let local paths leave the manifest's folder")
    .addOption(
      choice(
        "--fail-on <severity>",
        "findings that make exit code 1; never: exit code 0 whatever is found, even broken",
        ["error", "warning", "never"],
      ).default("error"),
    )
    .option("-q, --quiet", "no progress on standard error")
    .addHelpText("after", verifyHelp)
    .action(async (manifest: string, options: object) => {
      done(await (await import("./commands/verify.ts")).verifyCommand(manifest, options));
    });

  program
    .command("plan")
    .description("show what would be asked and read, without asking anybody")
    .argument("[manifest]", MANIFEST, ".")
    .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"))
    .option("--allow-private", "reach loopback and private addresses, for a manifest that comes over https")
    .addHelpText("after", planHelp)
    .action(async (manifest: string, options: object) => {
      done(await (await import("./commands/plan.ts")).planCommand(manifest, options));
    });

  program
    .command("lint")
    .description("check the manifest alone, without a network")
    .argument("[manifest]", "a manifest file, a folder that has one, or - for standard input", ".")
    .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"))
    .addOption(
      choice("--fail-on <severity>", "findings that make exit code 1", ["error", "warning", "never"]).default("error"),
    )
    .addHelpText("after", lintHelp)
    .action(async (manifest: string, options: object) => {
      done(await (await import("./commands/lint.ts")).lintCommand(manifest, options));
    });

  program
    .command("resolve")
    .description("show what one location resolves to: pin, gate, licence, files")
    .argument("<location>", "as a manifest would say it, or an address from the browser")
    .option("--revision <name>", "a commit, version, tag or branch")
    .option("--path <path>", "a folder or file inside what the location names")
    .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"))
    .option("--limit <n>", "files to list at most (default: 100)", wholeNumber("--limit", 0, 10_000_000))
    .option("--endpoint <resolver=url>", ENDPOINT, repeated)
    .option("--offline", "open no socket at all")
    .option("--retries <n>", "tries after the first (default: 4)", wholeNumber("--retries", 0, 20))
    .option(
      "--timeout <seconds>",
      "longest wait for a connection, an answer and the next bytes (default: 10, 30 and 60)",
      wholeNumber("--timeout", 1, 3600),
    )
    .option("--allow-private", "reach loopback and private addresses")
    .option("--allow-downgrade", "follow redirects from https to http")
    .addHelpText("after", resolveHelp)
    .action(async (location: string, options: object) => {
      done(await (await import("./commands/resolve.ts")).resolveCommand(location, options));
    });

  program
    .command("hash")
    .description("print the digests of files and folders")
    .argument("<path...>", "files, or folders (their tree digests)")
    .option(
      "-a, --algorithm <name>",
      "which digest; for several, give it again or write a,b (default: sha256; gitTree and swhid for folders)",
      repeatedNames,
    )
    .option("--all", "every digest kind")
    .option("--files", "for folders: the files too")
    .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"))
    .option(
      "--concurrency <n>",
      "threads that read and measure (default: one per core)",
      wholeNumber("--concurrency", 1, 64),
    )
    .option("-q, --quiet", "no progress on standard error")
    .addHelpText("after", hashHelp)
    .action(async (paths: string[], options: object) => {
      done(await (await import("./commands/hash.ts")).hashCommand(paths, options));
    });

  program
    .command("license")
    .description("say which licences texts and folders hold, word for word or changed, and where")
    .argument("<path...>", "files, read as licence texts, or folders")
    .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"))
    .addHelpText("after", licenseHelp)
    .action(async (paths: string[], options: object) => {
      done(await (await import("./commands/license.ts")).licenseCommand(paths, options));
    });

  program
    .command("explain")
    .description("say what a finding code means and what to do")
    .argument("[code]", "a finding code; all of them when left out")
    .action(async (code: string | undefined) => {
      done(await (await import("./commands/explain.ts")).explainCommand(code));
    });
  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command === program ? "" : command.name());
    });
  }
  return program;
}
