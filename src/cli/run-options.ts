/** The options that commands share which verify a release. */
import type { Command } from "commander";
import { depths } from "../model/report.ts";
import { DRAW_MAX, SEED_MAX } from "../records/draw.ts";
import { byteCount, choice, repeated, repeatedNames, wholeNumber, wordOr } from "./option-values.ts";

/** How the endpoint of a resolver is named. */
export const ENDPOINT = "where a resolver asks instead of at its usual host; may be given again";

/** What is looked at. */
export function lookOptionsOf(command: Command): Command {
  return command
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
    .option("--piece <id>", "only this piece; for several, give it again or write a,b", repeatedNames);
}

/** How it is reached and read. */
export function reachOptionsOf(command: Command): Command {
  return command
    .option("--store <folder>", "keep what was verified here, and resume interrupted downloads from it")
    .option(
      "--max-size <bytes>",
      "with --store: how much it may hold, such as 10GB; what no release needs makes room, the oldest first",
      byteCount("--max-size"),
    )
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
    .option("--allow-outside", "let local paths leave the manifest's folder");
}
