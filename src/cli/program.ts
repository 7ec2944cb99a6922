import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { VERSION } from "../model/version.ts";
import { printFailure } from "./failure.ts";

/** Exit codes of this tool, for `--help` and the README alike. */
export const exitCodesHelp = `Exit codes:
  0  nothing is broken or inconclusive
  1  something is broken, or the policy fails
  2  usage error, or a manifest that can not be used
  3  nothing is broken, but something could not be told (ask again)
  4  the run itself failed (disk full, output not writable, a bug of ours)`;

/** Reads the command line, runs the command and returns the exit code. Never throws. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const debug = argv.includes("--debug");
  let code = 0;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    if (argv.length === 0) {
      process.stderr.write(program.helpInformation());
      return 2;
    }
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return printFailure(error, debug);
  }
}

/** The command tree. Each command's code is loaded when it runs: `--help` stays instant. */
export function buildProgram(done: (exitCode: number) => void): Command {
  const program = new Command("wholesource")
    .description("Is the whole source of this model there? Gets every declared piece of a release and checks it.")
    .version(VERSION, "-V, --version")
    .option("--debug", "show stack traces of errors")
    .showHelpAfterError("(run with --help for usage)")
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: (text, write) => write(text) })
    .addHelpText("after", `\n${exitCodesHelp}\n\nExample:\n  $ wholesource verify samples/iris-softmax`)
    .exitOverride();

  program
    .command("verify")
    .description("get every declared piece, measure it, and report what holds")
    .argument("[manifest]", "a manifest file, a folder that has one, an https URL, or - for standard input", ".")
    .addOption(
      new Option("--depth <depth>", "ask the hosts only, or read every byte")
        .choices(["probe", "full"])
        .default("full"),
    )
    .option("--piece <id...>", "only these pieces")
    .addOption(formatOption().default("text"))
    .option("--output <format=file...>", "write further reports, e.g. json=report.json markdown=report.md")
    .option("--evidence <file>", "write every piece of evidence as JSON lines")
    .option("--store <folder>", "keep what was verified here, and resume interrupted downloads from it")
    .option("--keep-bad", "with --store: keep bytes that do not match, in its quarantine")
    .option("--offline", "open no socket at all")
    .option("--concurrency <n>", "threads that read and measure (default: one per core)", wholeNumber(1, 64))
    .option("--per-host <n>", "connections to one host at a time (default: 8)", wholeNumber(1, 256))
    .option("--retries <n>", "tries after the first (default: 4)", wholeNumber(0, 20))
    .option("--timeout <seconds>", "longest wait for a connection, an answer or the next bytes", wholeNumber(1, 3600))
    .option("--allow-private", "reach loopback and private addresses")
    .option("--allow-downgrade", "follow redirects from https to http")
    .option("--allow-outside", "let local paths leave the manifest's folder")
    .addOption(
      new Option("--fail-on <severity>", "what makes exit code 1 beside broken pieces")
        .choices(["error", "warning", "never"])
        .default("error"),
    )
    .option("-q, --quiet", "no progress on standard error")
    .action(async (manifest: string, options: object) => {
      done(await (await import("./commands/verify.ts")).verifyCommand(manifest, options));
    });

  program
    .command("plan")
    .description("show what would be asked and read, without asking anybody")
    .argument("[manifest]", "a manifest file, a folder that has one, an https URL, or -", ".")
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"))
    .option("--allow-private", "reach loopback and private addresses, for a manifest that comes over https")
    .action(async (manifest: string, options: object) => {
      done(await (await import("./commands/plan.ts")).planCommand(manifest, options));
    });

  program
    .command("lint")
    .description("check the manifest alone, without a network")
    .argument("[manifest]", "a manifest file, a folder that has one, or -", ".")
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"))
    .addOption(
      new Option("--fail-on <severity>", "what makes exit code 1")
        .choices(["error", "warning", "never"])
        .default("error"),
    )
    .action(async (manifest: string, options: object) => {
      done(await (await import("./commands/lint.ts")).lintCommand(manifest, options));
    });

  program
    .command("hash")
    .description("print the digests of files and folders")
    .argument("<path...>", "files, or folders (their tree digests)")
    .option("-a, --algorithm <names...>", "which digests (default: sha256; gitTree and swhid for folders)")
    .option("--all", "every digest kind")
    .option("--files", "for folders: the files too")
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"))
    .option("--concurrency <n>", "threads that read and measure (default: one per core)", wholeNumber(1, 64))
    .action(async (paths: string[], options: object) => {
      done(await (await import("./commands/hash.ts")).hashCommand(paths, options));
    });

  program
    .command("explain")
    .description("say what a finding code means and what to do")
    .argument("[code]", "a finding code; all of them when left out")
    .action(async (code: string | undefined) => {
      done(await (await import("./commands/explain.ts")).explainCommand(code));
    });
  return program;
}

function formatOption(): Option {
  return new Option("--format <format>", "the report on standard output").choices(["text", "json", "markdown"]);
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}
