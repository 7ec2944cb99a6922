/** What may vary in the licences of the corpus. Written by us; phrases are in the normal spelling of `words.ts`. */

/** Between `before` (nothing: the start of a paragraph) and `after` stands a name, at most `most` words long. */
export interface Blank {
  readonly before: string;
  readonly after: string;
  readonly most: number;
}

/** Where a licence names its holder. Applied to every licence that has both phrases, close together. */
export const blanks: readonly Blank[] = [
  { before: "neither the name of", after: "nor the names of", most: 12 },
  { before: "software is provided by", after: "as is", most: 12 },
  { before: "in no event shall", after: "be liable", most: 12 },
  { before: "as is and", after: "disclaims all", most: 12 },
  { before: "as is and", after: "disclaim all", most: 12 },
  { before: "nor the names of", after: "contributors may be used", most: 3 },
  { before: "", after: "this program comes with", most: 12 },
];

/** Where the Free Software Foundation lives; it has moved several times. */
export const addresses: readonly string[] = [
  "51 franklin street fifth floor boston ma 02110 1301 usa",
  "51 franklin st fifth floor boston ma 02110 1301 usa",
  "59 temple place suite 330 boston ma 02111 1307 usa",
  "59 temple place suite 330 boston ma 02111 1307",
  "675 mass ave cambridge ma 02139 usa",
];
/** Words of an address, at most. */
export const addressWordLimit = 14;

/** A phrase that a licence may have or lack, and the words that it follows. */
export interface Phrase {
  readonly only: RegExp;
  readonly after: string;
  readonly phrase: string;
}

const gnuLicense = /^[AL]?GPL-/;

/** Phrases that are not in the list's text. */
export const insertions: readonly Phrase[] = [
  {
    only: /^MIT$/,
    after: "the above copyright notice and this permission notice",
    phrase: "including the next paragraph",
  },
  {
    only: /^CC-.*-4\.0$/,
    after: "considerations for licensors",
    phrase: "wiki creativecommons org considerations for licensors",
  },
  {
    only: /^CC-.*-4\.0$/,
    after: "considerations for the public",
    phrase: "wiki creativecommons org considerations for licensees",
  },
  {
    only: /^CC-.*-4\.0$/,
    after: "in those instances will be considered the licensor",
    phrase:
      "the text of the creative commons public licenses is dedicated to the public domain under the cc0 public domain dedication",
  },
  // The Lesser licence was the Library licence before; the passage tells of another licence and grants nothing.
  { only: /^GPL-[12]/, after: "foundation software is covered by the gnu", phrase: "library" },
  { only: /^GPL-[12]/, after: "if this is what you want to do use the gnu", phrase: "library" },
  { only: gnuLicense, after: "for copying distribution and modification follow", phrase: "gnu general public license" },
  { only: /^LGPL/, after: "in order to run", phrase: "gnu lesser general public license" },
  { only: gnuLicense, after: "one line to give the programs name and", phrase: "a brief" },
  { only: gnuLicense, after: "one line to give the librarys name and", phrase: "a brief" },
  { only: /^GFDL/, after: "see www gnu org", phrase: "licenses" },
];

/** Phrases that are in the list's text. */
export const omissions: readonly Phrase[] = [
  { only: /^ISC$/, after: "use copy modify and", phrase: "or" },
  { only: /^GPL-[12]/, after: "foundation software is covered by the gnu", phrase: "lesser" },
  { only: /^GPL-[12]/, after: "if this is what you want to do use the gnu", phrase: "lesser" },
  { only: gnuLicense, after: "for copying distribution and modification follow", phrase: "gnu general public license" },
  { only: /^LGPL/, after: "in order to run", phrase: "gnu lesser general public license" },
  { only: gnuLicense, after: "one line to give the programs name and", phrase: "an" },
  { only: gnuLicense, after: "one line to give the librarys name and", phrase: "an" },
  { only: gnuLicense, after: "idea of what it does", phrase: "copyright yyyy name of author" },
  { only: gnuLicense, after: "idea of what it does", phrase: "copyright year name of author" },
  { only: /^GFDL/, after: "see www gnu org", phrase: "copyleft" },
  // The mark of a list item that the list's text has in the middle of a line.
  { only: /^GFDL/, after: "given in the documents license notice", phrase: "h" },
];

/** Phrases after the end. */
export const closings: readonly Omit<Phrase, "after">[] = [
  { only: /^CC0-1\.0$/, phrase: "for more information please see creativecommons org publicdomain zero 1.0" },
];

/** A last remark that the list leaves away, and the licence whose text has the same words. */
export const borrowedClosings: readonly (Omit<Phrase, "after" | "phrase"> &
  Pick<Excerpt, "base" | "from" | "through">)[] = [
  {
    only: /^GPL-2\.0-only$/,
    base: "GPL-3.0-only",
    from: "general public license does not permit incorporating",
    through: "instead of this license",
  },
];

/** Phrases before the title, in this order. */
export const prefaces: readonly Omit<Phrase, "after">[] = [
  {
    only: /^OFL-1\.1$/,
    phrase:
      "this font software is licensed under the sil open font license version 1.1 " +
      "this license is copied below and is also available with a faq at",
  },
  { only: /^OFL-1\.1$/, phrase: "scripts sil org ofl" },
  { only: /^OFL-1\.1$/, phrase: "openfontlicense org" },
];

/** From each of these on a licence only tells how to apply it: a text may end there. */
export const tails: readonly string[] = [
  "end of terms and conditions",
  "how to apply these terms",
  "appendix how to apply",
  "how to use this license for your documents",
  "addendum how to use this license for your documents",
  "exhibit a source code form license notice",
  "creative commons is not a party to",
  "creative commons notice",
  "creative commons may be contacted at",
  "for more information please refer to",
];

/** From here on stands another licence, which is there as a whole or not at all. */
export const annexes: readonly string[] = ["gnu general public license version 3 29 june 2007"];

/** Up to each of these a licence only introduces itself: a text may begin there. */
export const leads: readonly string[] = [
  "by exercising the licensed rights defined below",
  "the work as defined below is provided under",
  "the laws of most jurisdictions throughout the world automatically confer",
];

/** Words that may stand in the title of any licence. */
export const titleWords: readonly string[] = (
  "a the this is license licenses licensed under terms text full of and open source software public general version v " +
  "following see below project package code spdx identifier copyright are as follows released distributed reproduced"
).split(" ");

/** Names of one licence that the list does not tell. */
export const moreTitleWords: { readonly [expression: string]: readonly string[] } = {
  "BSD-3-Clause": ["modified"],
  Unlicense: ["unlicense", "domain"],
};

/** A short notice inside a licence that puts a file under it, and stands alone in other files. */
export interface Excerpt {
  readonly base: string;
  readonly from: string;
  readonly through: string;
  readonly expression: string;
  /** Phrases that read otherwise in this form of the notice. */
  readonly change?: readonly (readonly [from: string, to: string])[];
}

const gnu = (base: string, thing: string, family: string, version: string, through: string): readonly Excerpt[] => {
  const from = `this ${thing} is free software`;
  const id = `${family}-${version}`;
  return [
    { base, from, through, expression: `${id}-or-later` },
    {
      base,
      from,
      through,
      expression: `${id}-only`,
      change: [
        ["either version", "version"],
        ["or at your option any later version", ""],
      ],
    },
  ];
};

export const excerpts: readonly Excerpt[] = [
  {
    base: "Apache-2.0",
    from: "licensed under the apache license version 2.0 the license you may not use this file",
    through: "governing permissions and limitations under the license",
    expression: "Apache-2.0",
  },
  ...gnu("GPL-2.0-only", "program", "GPL", "2.0", "02110 1301 usa"),
  ...gnu("GPL-3.0-only", "program", "GPL", "3.0", "if not see www gnu org licenses"),
  ...gnu("AGPL-3.0-only", "program", "AGPL", "3.0", "if not see www gnu org licenses"),
  ...gnu("LGPL-2.1-only", "library", "LGPL", "2.1", "02110 1301 usa"),
];

/** Of two licences that a text resembles equally, the one that stands here first is meant. */
export const priority: readonly string[] = (
  "MIT Apache-2.0 BSD-3-Clause BSD-2-Clause ISC GPL-3.0-only GPL-2.0-only LGPL-3.0-only LGPL-2.1-only LGPL-2.0-only AGPL-3.0-only " +
  "MPL-2.0 CC-BY-4.0 CC-BY-SA-4.0 CC0-1.0 Unlicense BSD-4-Clause X11 HPND Zlib BSL-1.0 EPL-2.0 OFL-1.1 Artistic-2.0 0BSD MIT-0"
).split(" ");

/** Deprecated identifiers whose text another one has today. */
export const renamed: { readonly [id: string]: string } = {
  "BSD-2-Clause-FreeBSD": "BSD-2-Clause-Views",
  "BSD-2-Clause-NetBSD": "BSD-2-Clause",
  "StandardML-NJ": "SMLNJ",
  "bzip2-1.0.5": "bzip2-1.0.6",
};
