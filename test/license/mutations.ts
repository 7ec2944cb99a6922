/** Changes of a licence text that take away or add a right, at places that a seed draws. */

/** Each changes what a user may do. */
export const clauses = [
  "The Software may not be used for commercial purposes.",
  "Non-commercial use only.",
  "Use by companies with more than 700 million monthly active users requires a separate licence.",
  "You may not use the outputs to improve any other large language model.",
  "Your use must comply with the Acceptable Use Policy, which is incorporated by reference.",
  "This licence is not granted to persons domiciled in the European Union.",
  "provided that no fee is charged",
  "except for military purposes",
  "unless you are a competitor",
  "for research purposes only",
  "Commons Clause applies.",
  "Attribution must be displayed prominently.",
  "We may revoke this at any time",
  "Hosting it as a service needs a contract with us.",
  "All derivatives have to carry the name of the project.",
  "Sublicensing is void.",
] as const;

const alterations: readonly (readonly [from: RegExp, to: string])[] = [
  [/\bany person\b/gi, "any natural person"],
  [/\bwithout\b/gi, "with"],
  [/\bmay\b/g, "may not"],
  [/\bnot\b/gi, ""],
  [/\bmust\b/gi, "should"],
  [/\bshall\b/gi, "need not"],
  [/\bperpetual\b/gi, "temporary"],
  [/\bworldwide\b/gi, "domestic"],
  [/\bpermitted\b/gi, "forbidden"],
  [/\bgranted\b/gi, "refused"],
  [/\broyalty-free\b/gi, "royalty-bearing"],
];
/** A sentence with one of these grants, forbids or demands. */
const demanding =
  /\b(?:must|may not|may(?! be contacted)|shall|not|without|permitted|grants?|granted|provided that|condition|warrant\w*|liab\w*)\b/i;

/** One changed text, and what was done to it. */
export interface Mutation {
  readonly kind: "inserted" | "deleted" | "altered";
  readonly what: string;
  readonly text: string;
}

/** Inserts two clauses, deletes one and alters one, where there is one to delete or to alter. */
export function mutationsOf(text: string, random: () => number): readonly Mutation[] {
  const draw = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const gaps = [...text.matchAll(/\s+/g)].map(({ index }) => index);
  const all: Mutation[] = [];
  const insert = (before: string, after: string): void => {
    const [clause = "", at = 0] = [draw(clauses), draw(gaps)];
    all.push({
      kind: "inserted",
      what: `${clause} at ${at}`,
      text: text.slice(0, at) + before + clause + after + text.slice(at),
    });
  };
  insert(" ", "");
  insert("\n\n", "\n\n");
  const sentence = draw([...text.matchAll(/[^.;:]{20,}[.;:]/g)].filter(([words]) => demanding.test(words)));
  if (sentence !== undefined)
    all.push({
      kind: "deleted",
      what: sentence[0],
      text: text.slice(0, sentence.index) + text.slice(sentence.index + sentence[0].length),
    });
  const word = draw(
    alterations.flatMap(([from, to]) => [...text.matchAll(from)].map(({ 0: found, index }) => ({ found, index, to }))),
  );
  if (word !== undefined) {
    const { found, index, to } = word;
    all.push({
      kind: "altered",
      what: `${found} at ${index}`,
      text: text.slice(0, index) + to + text.slice(index + found.length),
    });
  }
  return all;
}
