/** The command `store` and those below it. */
import type { Command } from "commander";
import type { StoreArguments } from "./commands/store.ts";
import { storeHelp } from "./help-store.ts";
import { choice, wholeNumber } from "./option-values.ts";

const FOLDER = "its folder (default: WHOLESOURCE_STORE, else wholesource/store of the user's data)";

/** Adds them; `done` hears the exit code. */
export function addStoreCommands(program: Command, done: (exitCode: number) => void): void {
  const store = program
    .command("store")
    .description("look at a store, check it, and remove what no release needs")
    .addHelpText("after", storeHelp);
  const below = (name: string, description: string): Command =>
    store
      .command(name)
      .description(description)
      .option("--store <folder>", FOLDER)
      .addOption(choice("--format <format>", "how to print it", ["text", "json"]).default("text"));

  below("list", "the releases that it keeps, and how much it holds").action(async (options: StoreArguments) => {
    done(await (await import("./commands/store.ts")).storeListCommand(options));
  });
  below("verify", "read every blob again and name what has rotted, with the releases that need it")
    .option("--repair", "move what has rotted into the store's quarantine")
    .option("--concurrency <n>", "threads that read (default: one per core)", wholeNumber("--concurrency", 1, 64))
    .option("-q, --quiet", "no progress on standard error")
    .action(async (options: StoreArguments) => {
      done(await (await import("./commands/store.ts")).storeVerifyCommand(options));
    });
  below("gc", "remove what no release needs and nobody works on")
    .option("--dry-run", "only say what would go")
    .action(async (options: StoreArguments) => {
      done(await (await import("./commands/store.ts")).storeGcCommand(options));
    });
  below("forget", "let a release go, so that gc may remove what only it needs")
    .argument("<release>", "as `store list` names it")
    .action(async (release: string, options: StoreArguments) => {
      done(await (await import("./commands/store.ts")).storeForgetCommand(release, options));
    });
}
