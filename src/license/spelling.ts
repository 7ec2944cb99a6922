/** Spellings that mean the same word in a licence. */

/** British and older spellings, and the one that stands for both. */
const variants: { readonly [word: string]: string } = {
  acknowledgment: "acknowledgement",
  acknowledgments: "acknowledgements",
  analyse: "analyze",
  artefact: "artifact",
  artefacts: "artifacts",
  authorisation: "authorization",
  authorise: "authorize",
  authorised: "authorized",
  behaviour: "behavior",
  cancelled: "canceled",
  catalogue: "catalog",
  categorise: "categorize",
  centre: "center",
  colour: "color",
  defence: "defense",
  favour: "favor",
  fulfil: "fulfill",
  fulfilment: "fulfillment",
  honour: "honor",
  infringment: "infringement",
  judgment: "judgement",
  labelled: "labeled",
  labour: "labor",
  licence: "license",
  licences: "licenses",
  licenced: "licensed",
  modelled: "modeled",
  modelling: "modeling",
  offence: "offense",
  organisation: "organization",
  organisations: "organizations",
  organise: "organize",
  practise: "practice",
  programme: "program",
  realise: "realize",
  recognise: "recognize",
  recognised: "recognized",
  utilisation: "utilization",
  utilise: "utilize",
  whilst: "while",
  wilful: "willful",
};

/** Prefixes that some write apart: `non commercial`, `non-commercial`, `noncommercial`; `sub-license`. */
const joiningPrefixes: ReadonlySet<string> = new Set(["non", "sub"]);

/** Adds a word to a text, in the spelling that stands for all its variants. */
export function addWord(words: string[], written: string): void {
  let word = written;
  const before = words.at(-1);
  if (before !== undefined && joiningPrefixes.has(before)) {
    words.pop();
    word = before + word;
  }
  word = Object.hasOwn(variants, word) ? (variants[word] ?? word) : word;
  // The owner of a copyright is its holder.
  if (words.at(-1) === "copyright") {
    if (word === "owner") word = "holder";
    if (word === "owners") word = "holders";
  }
  words.push(word);
}
