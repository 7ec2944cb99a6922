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

const BYTE_UNITS: { readonly [unit: string]: number } = {
  "": 1,
  B: 1,
  ...Object.fromEntries(
    [..."KMGTP"].flatMap((letter, at) => [
      [`${letter}B`, 1000 ** (at + 1)],
      [`${letter}IB`, 1024 ** (at + 1)],
    ]),
  ),
};

/** Reads an amount of bytes: `500000000`, `10GB`, `1.5 TiB`. */
export function byteCount(name: string): (text: string) => number {
  return (text) => {
    const [, amount = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,3})?) ?([A-Za-z]{0,3})$/.exec(text) ?? [];
    const bytes = Math.round(Number(amount) * (BYTE_UNITS[unit.toUpperCase()] ?? Number.NaN));
    if (amount !== "" && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
    throw new WholesourceError("usage", `\`${text}\` is no value of \`${name}\``, {
      hint: "give an amount of bytes, such as 10GB or 500MiB",
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
