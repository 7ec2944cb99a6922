import { Command, CommanderError } from "commander";
import { opennessFormats } from "../model/openness.ts";
import { VERSION } from "../model/version.ts";
import { printFailure } from "./failure.ts";
import {
  diffHelp,
  hashHelp,
  licenseHelp,
  lintHelp,
  opennessHelp,
  planHelp,
  programHelp,
  resolveHelp,
  verifyHelp,
} from "./help.ts";
import { choice, repeated, repeatedNames, wholeNumber } from "./option-values.ts";
import { addArchiveCommands } from "./program-archive.ts";
import { addStoreCommands } from "./program-store.ts";
import { ENDPOINT, lookOptionsOf, reachOptionsOf } from "./run-options.ts";
import { usageError } from "./usage.ts";

const MANIFEST = "a manifest file, a folder that has one, an https URL, or - for standard input";
const OR_ARCHIVE = `${MANIFEST}; or an archive: a bag, an RO-Crate, an OCI layout, a tar or zip of one`;

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
    // A command that only has others below it has shown its help by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
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

  const verify = program
    .command("verify")
    .description("get every declared piece, measure it, and report what holds")
    .argument("[manifest]", OR_ARCHIVE, ".");
  lookOptionsOf(verify)
    .addOption(
      choice("--format <format>", "the report on standard output", ["text", "json", "markdown"]).default("text"),
    )
    .option("--output <format=file>", "write a report to a file too; may be given again", repeated)
    .option("--evidence <file>", "write every piece of evidence as JSON lines")
    .option("--complete", "of a bag: fetch first what its fetch.txt names")
    .option("--fallback <archive>", "an archive to take what no source has from; may be given again", repeated);
  reachOptionsOf(verify)
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

  const openness = program
    .command("openness")
    .description("say what the release may be called and what one can do with it, and why")
    .argument("[manifest]", MANIFEST, ".")
    .option("--report <file>", "judge what an earlier run wrote as JSON, and look at nothing")
    .option("--definition <id>", "only this definition; for several, give it again or write a,b", repeatedNames)
    .addOption(choice("--format <format>", "how to print it", opennessFormats).default("text"));
  reachOptionsOf(lookOptionsOf(openness))
    .option("-q, --quiet", "no progress on standard error")
    .addHelpText("after", opennessHelp)
    .action(async (manifest: string, options: object, command: Command) => {
      const isNamed = command.args.length > 0;
      done(await (await import("./commands/openness.ts")).opennessCommand(isNamed ? manifest : undefined, options));
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
    .command("diff")
    .description("say what differs between two reports, archives or manifests")
    .argument("<before>", "a report in JSON, the folder of an archive, or a manifest")
    .argument("<after>", "the same, later")
    .addOption(choice("--format <format>", "how to print it", ["text", "json", "markdown"]).default("text"))
    .option("--allow-private", "reach loopback and private addresses, for a manifest that comes over https")
    .addHelpText("after", diffHelp)
    .action(async (before: string, after: string, options: object) => {
      done(await (await import("./commands/diff.ts")).diffCommand(before, after, options));
    });

  addArchiveCommands(program, MANIFEST, done);
  program
    .command("explain")
    .description("say what a finding code means and what to do")
    .argument("[code]", "a finding code; all of them when left out")
    .action(async (code: string | undefined) => {
      done(await (await import("./commands/explain.ts")).explainCommand(code));
    });
  addStoreCommands(program, done);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride((error) => {
      const isTold = error.exitCode === 0 || error.code === "commander.help";
      throw isTold ? error : usageError(error, command === program ? "" : nameOf(command, program));
    });
  }
  return program;
}

/** `store verify` for a command below another one. */
function nameOf(command: Command, program: Command): string {
  const { parent } = command;
  return parent === null || parent === program ? command.name() : `${parent.name()} ${command.name()}`;
}
