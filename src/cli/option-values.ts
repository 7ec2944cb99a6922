/** How the values of options are read: each option takes one value, and may be given again where several make sense. */
import { Option } from "commander";
import { WholesourceError } from "../model/error.ts";
import { unknownWord } from "./usage.ts";

/** An option that takes one of these words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  const name = flags.split(" ")[0] ?? flags;
  return new Option(flags, description).choices(words).argParser((text: string) => {
    if (words.includes(text)) return text;
    throw unknownWord(`\`${text}\` is no value of \`${name}\``, text, words);
  });
}

/** Reads a whole number within bounds. */
export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new WholesourceError("usage", `\`${text}\` is no value of \`${name}\``, {
      hint: `give a whole number from ${least} to ${most}`,
    });
  };
}

/** Takes one word, or what the other reader reads. */
export function wordOr<Value>(word: string, read: (text: string) => Value): (text: string) => Value | string {
  return (text) => (text === word ? word : read(text));
}

/** Takes one value each time that the option is given. */
export function repeated(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** The same for names that hold no comma: several may be given at once, with commas between them. */
export function repeatedNames(text: string, before: readonly string[] | undefined): readonly string[] {
  const names = text.split(",").filter((name) => name !== "");
  if (names.length === 0) throw new WholesourceError("usage", "expected a name, got nothing between the commas");
  return [...(before ?? []), ...names];
}
