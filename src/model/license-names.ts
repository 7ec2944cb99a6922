/**
 * Names that people and hosts write instead of SPDX identifiers. Only names with one possible meaning are translated;
 * a family name is reported as ambiguous, never guessed.
 */

/** One meaning each. Keys are lower case with single blanks. */
export const aliases: { readonly [name: string]: string } = {
  // Hub identifiers whose SPDX spelling is another one.
  "c-uda": "C-UDA-1.0",
  "odc-by": "ODC-By-1.0",
  odbl: "ODbL-1.0",
  pddl: "PDDL-1.0",
  "lgpl-lr": "LGPLLR",
  // Hub identifiers without an SPDX identifier.
  "bigscience-openrail-m": "LicenseRef-HF-bigscience-openrail-m",
  "creativeml-openrail-m": "LicenseRef-HF-creativeml-openrail-m",
  "bigscience-bloom-rail-1.0": "LicenseRef-HF-bigscience-bloom-rail-1.0",
  "bigcode-openrail-m": "LicenseRef-HF-bigcode-openrail-m",
  "openrail++": "LicenseRef-HF-openrail-plus-plus",
  llama2: "LicenseRef-HF-llama2",
  llama3: "LicenseRef-HF-llama3",
  "llama3.1": "LicenseRef-HF-llama3.1",
  "llama3.2": "LicenseRef-HF-llama3.2",
  "llama3.3": "LicenseRef-HF-llama3.3",
  llama4: "LicenseRef-HF-llama4",
  "grok2-community": "LicenseRef-HF-grok2-community",
  gemma: "LicenseRef-HF-gemma",
  "deepfloyd-if-license": "LicenseRef-HF-deepfloyd-if-license",
  "fair-noncommercial-research-license": "LicenseRef-HF-fair-noncommercial-research-license",
  "h-research": "LicenseRef-HF-h-research",
  "intel-research": "LicenseRef-HF-intel-research",
  "apple-amlr": "LicenseRef-HF-apple-amlr",
  "apple-ascl": "LicenseRef-HF-apple-ascl",
  "openmdw-1.1": "LicenseRef-HF-openmdw-1.1",
  // Full names as package files have them.
  "apache 2": "Apache-2.0",
  "apache 2.0": "Apache-2.0",
  "apache-2": "Apache-2.0",
  "apache license 2.0": "Apache-2.0",
  "apache license, version 2.0": "Apache-2.0",
  "apache license version 2.0": "Apache-2.0",
  "apache software license 2.0": "Apache-2.0",
  "the apache license, version 2.0": "Apache-2.0",
  "mit license": "MIT",
  "the mit license": "MIT",
  "the mit license (mit)": "MIT",
  "isc license": "ISC",
  "bsd 2-clause": "BSD-2-Clause",
  "bsd 2-clause license": "BSD-2-Clause",
  "bsd-2": "BSD-2-Clause",
  "bsd 3-clause": "BSD-3-Clause",
  "bsd 3-clause license": "BSD-3-Clause",
  "bsd-3": "BSD-3-Clause",
  "boost software license 1.0": "BSL-1.0",
  "mozilla public license 2.0": "MPL-2.0",
  "mozilla public license, version 2.0": "MPL-2.0",
  "mpl 2.0": "MPL-2.0",
  "eclipse public license 2.0": "EPL-2.0",
  "epl 2.0": "EPL-2.0",
  cc0: "CC0-1.0",
  "cc0 1.0": "CC0-1.0",
  "cc0 1.0 universal": "CC0-1.0",
  "cc by 4.0": "CC-BY-4.0",
  "cc by-sa 4.0": "CC-BY-SA-4.0",
  "cc by-nc 4.0": "CC-BY-NC-4.0",
  "cc by-nd 4.0": "CC-BY-ND-4.0",
  "cc by-nc-sa 4.0": "CC-BY-NC-SA-4.0",
  "cc by-nc-nd 4.0": "CC-BY-NC-ND-4.0",
  "creative commons attribution 4.0 international": "CC-BY-4.0",
  "creative commons attribution share alike 4.0 international": "CC-BY-SA-4.0",
  "the unlicense": "Unlicense",
  "zlib license": "Zlib",
  "gnu general public license v2.0 only": "GPL-2.0-only",
  "gnu general public license v2.0 or later": "GPL-2.0-or-later",
  "gnu general public license v3.0 only": "GPL-3.0-only",
  "gnu general public license v3.0 or later": "GPL-3.0-or-later",
};

const gpl = "the GNU GPL has several versions, each `-only` or `-or-later`";
const bsd = "BSD licences differ in their clauses (`BSD-2-Clause`, `BSD-3-Clause`, `BSD-4-Clause`, ...)";
const cc = "Creative Commons licences differ in what they allow: name the elements and the version";
const rail = "RAIL licences differ in their use restrictions: name the one that is meant";
const version = "the name lacks a version";
const elsewhere = "this word says that the licence is told somewhere else";

/** Names with several meanings, and why. Keys are lower case with single blanks. */
export const families: { readonly [name: string]: string } = {
  gpl,
  "gnu gpl": gpl,
  gplv2: gpl,
  gplv3: gpl,
  "gpl v2": gpl,
  "gpl v3": gpl,
  "gpl-2": gpl,
  "gpl-3": gpl,
  "gnu general public license": gpl,
  lgpl: gpl,
  lgplv3: gpl,
  "lgpl-3": gpl,
  agpl: gpl,
  agplv3: gpl,
  "agpl-3": gpl,
  gfdl: "the GNU FDL has several versions, each with or without invariant sections",
  bsd,
  "bsd license": bsd,
  "new bsd": bsd,
  "bsd-style": bsd,
  bsl: "`BSL` can be the Boost licence (`BSL-1.0`) or the Business Source License (`BUSL-1.1`)",
  "bsl 1.1": "the Business Source License is `BUSL-1.1`; `BSL-1.0` is the Boost licence",
  cc,
  "creative commons": cc,
  "cc by": cc,
  "cc-by": cc,
  "cc-by-sa": cc,
  "cc-by-nc": cc,
  "cc-by-nd": cc,
  "cc-by-nc-sa": cc,
  "cc-by-nc-nd": cc,
  rail,
  openrail: rail,
  "openrail-m": rail,
  apache: version,
  "apache license": version,
  asl: version,
  mpl: version,
  epl: version,
  eupl: version,
  cdla: version,
  artistic: version,
  psf: version,
  python: version,
  afl: version,
  osl: version,
  ofl: version,
  llama: version,
  "public domain":
    "public domain is a status, not a licence: `CC0-1.0`, `Unlicense` or `LicenseRef-...` say how it came about",
  other: elsewhere,
  custom: elsewhere,
  unknown: "nothing is known: write `NOASSERTION`",
  unlicensed:
    "this word grants nothing, and looks like `Unlicense`, which grants everything: write `NONE` or name the licence",
  proprietary: "name the licence as `LicenseRef-...`",
};

/** Deprecated identifiers that leave open whether later versions are allowed. */
export const versionAmbiguous: { readonly [id: string]: readonly [only: string, orLater: string] } = Object.fromEntries(
  [
    ["AGPL", "1.0 3.0"],
    ["GPL", "1.0 2.0 3.0"],
    ["LGPL", "2.0 2.1 3.0"],
    ["GFDL", "1.1 1.2 1.3"],
  ].flatMap(([family, versions]) =>
    (versions ?? "").split(" ").map((number) => {
      const id = `${family}-${number}`;
      return [id, [`${id}-only`, `${id}-or-later`] as const] as const;
    }),
  ),
);
