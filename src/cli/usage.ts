/** What is wrong with a command line, told as every other error of this program is. */
import type { CommanderError } from "commander";
import { WholesourceError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";

/** The parser's complaint in our form. `command` is what `--help` is to be asked of. */
export function usageError(error: CommanderError, command: string): WholesourceError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const meant = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(rest.join(" "))?.[1];
  const help = `run \`wholesource${command === "" ? "" : ` ${command}`} --help\` to see what there is`;
  const several =
    "one manifest is verified at a time; an option with several values is given again for each, as in `--piece a --piece b`";
  return new WholesourceError("usage", ticked(first), {
    hint:
      error.code === "commander.excessArguments" && command === "verify"
        ? several
        : meant === undefined
          ? help
          : `did you mean \`${meant}\`? ${help}`,
    cause: error,
  });
}

/** A word that is not one of those that an option takes; names the nearest one. */
export function unknownWord(message: string, word: string, known: readonly string[]): WholesourceError {
  const meant = nearest(word, known);
  const list = `choose from: ${known.join(", ")}`;
  return new WholesourceError("usage", message, {
    hint: meant === undefined ? list : `did you mean \`${meant}\`? ${list}`,
  });
}

/** The parser quotes with apostrophes and ends its sentences; a user's own apostrophes stay what they are. */
function ticked(text: string): string {
  return text
    .replace(/ '(.*?)'(?=[ .]|$)/g, " `$1`")
    .replace(/\.$/, "")
    .replace(/\. Expected/, ", expected");
}
