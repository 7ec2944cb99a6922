/**
 * The usual ways to spell a licence's name: `Apache License, Version 2.0`, `GPLv3+`, `CC BY-NC 4.0 International`. A name
 * is read whole or not at all: one word too many (`modified MIT`, `MIT-style`) and it is no known spelling.
 */
import { spdxIds } from "./license-ids.ts";

/** What a spelling says: an expression, or the family whose member it leaves open. */
export type Spelled = { readonly expression: string } | { readonly family: keyof typeof openFamilies };

/** Families that a spelling can name without naming one licence, and why that is not enough. */
export const openFamilies = {
  gnu: "licences of the GNU project have several versions, each `-only` or `-or-later`",
  cc: "Creative Commons licences differ in what they allow: name the elements and the version",
  version: "the name lacks a version",
} as const;

/** Longest name that is taken apart, in UTF-16 units. */
const nameMax = 200;
/** What names are made of: anything else can mean anything, and one parenthesis holds a short form. */
const nameForm = /^[\w\s.,:+>=-]+(?:\([\w\s.,:+>=-]+\)\s*)?$/;
/** Words that change nothing in a name. */
const fillers: ReadonlySet<string> = new Set(["the", "license", "licence", "agreement", "version", "ver", "v"]);

/** Names that need a version, without fillers: the beginning of the identifier, and the versions there are. */
const numbered: { readonly [name: string]: string } = {
  "academic free": "AFL 1.1 1.2 2.0 2.1 3.0",
  afl: "AFL 1.1 1.2 2.0 2.1 3.0",
  apache: "Apache 1.0 1.1 2.0",
  "apache software": "Apache 1.0 1.1 2.0",
  artistic: "Artistic 2.0",
  boost: "BSL 1.0",
  "boost software": "BSL 1.0",
  "business source": "BUSL 1.1",
  cdla: "CDLA",
  "cdla permissive": "CDLA-Permissive 1.0 2.0",
  "cdla sharing": "CDLA-Sharing 1.0",
  "community data permissive": "CDLA-Permissive 1.0 2.0",
  "community data sharing": "CDLA-Sharing 1.0",
  "eclipse public": "EPL 1.0 2.0",
  "educational community": "ECL 1.0 2.0",
  epl: "EPL 1.0 2.0",
  etalab: "etalab 2.0",
  "etalab open": "etalab 2.0",
  eupl: "EUPL 1.0 1.1 1.2",
  "european union public": "EUPL 1.0 1.1 1.2",
  "latex project public": "LPPL 1.0 1.1 1.2 1.3a 1.3c",
  llama: "LicenseRef-HF-llama 2 3 3.1 3.2 3.3 4",
  "llama community": "LicenseRef-HF-llama 2 3 3.1 3.2 3.3 4",
  "meta llama": "LicenseRef-HF-llama 2 3 3.1 3.2 3.3 4",
  "meta llama community": "LicenseRef-HF-llama 2 3 3.1 3.2 3.3 4",
  "mozilla public": "MPL 1.0 1.1 2.0",
  mpl: "MPL 1.0 1.1 2.0",
  "open font": "OFL 1.0 1.1",
  ofl: "OFL 1.0 1.1",
  "open software": "OSL 1.0 1.1 2.0 2.1 3.0",
  openmdw: "OpenMDW 1.0",
  osl: "OSL 1.0 1.1 2.0 2.1 3.0",
  "python software foundation": "PSF 2.0",
  "sil open font": "OFL 1.0 1.1",
  "zope public": "ZPL 1.1 2.0 2.1",
};

/** Names with one meaning, without fillers. */
const single: { readonly [name: string]: string } = {
  "0 bsd": "0BSD",
  "2 clause bsd": "BSD-2-Clause",
  "3 clause bsd": "BSD-3-Clause",
  "bsd 2": "BSD-2-Clause",
  "bsd 2 clause": "BSD-2-Clause",
  "bsd 3": "BSD-3-Clause",
  "bsd 3 clause": "BSD-3-Clause",
  "bsd 3 clause clear": "BSD-3-Clause-Clear",
  "bsd zero clause": "0BSD",
  "bigcode openrail m": "LicenseRef-HF-bigcode-openrail-m",
  "bigscience bloom rail 1.0": "LicenseRef-HF-bigscience-bloom-rail-1.0",
  "bigscience openrail m": "LicenseRef-HF-bigscience-openrail-m",
  "bigscience rail 1.0": "LicenseRef-HF-bigscience-bloom-rail-1.0",
  "c uda": "C-UDA-1.0",
  "c uda 1.0": "C-UDA-1.0",
  "cc 0": "CC0-1.0",
  "cc 0 1.0": "CC0-1.0",
  "cc 0 1.0 public domain dedication": "CC0-1.0",
  "cc 0 1.0 universal": "CC0-1.0",
  "cc 0 public domain": "CC0-1.0",
  "cc 0 public domain dedication": "CC0-1.0",
  "cc 0 universal": "CC0-1.0",
  "cc zero": "CC0-1.0",
  "computational use of data 1.0": "C-UDA-1.0",
  "creative commons 0": "CC0-1.0",
  "creative commons zero": "CC0-1.0",
  "creative commons zero 1.0": "CC0-1.0",
  "creative commons zero 1.0 universal": "CC0-1.0",
  "creativeml open rail m": "LicenseRef-HF-creativeml-openrail-m",
  "creativeml openrail m": "LicenseRef-HF-creativeml-openrail-m",
  "databricks open model": "LicenseRef-Databricks-Open-Model",
  deepseek: "LicenseRef-DeepSeek-1.0",
  "deepseek model": "LicenseRef-DeepSeek-1.0",
  expat: "MIT",
  "falcon 180 b tii": "LicenseRef-Falcon-180B-TII-1.0",
  "flux 1 dev non commercial": "LicenseRef-FLUX-1-dev-NC",
  gemma: "LicenseRef-HF-gemma",
  "gemma terms of use": "LicenseRef-HF-gemma",
  isc: "ISC",
  "jamba open model": "LicenseRef-Jamba-Open-Model",
  "microsoft public": "MS-PL",
  "mistral ai non production": "LicenseRef-MNPL-0.1",
  "mistral ai research": "LicenseRef-MRL-0.1",
  "mistral research": "LicenseRef-MRL-0.1",
  mit: "MIT",
  "mit no attribution": "MIT-0",
  mnpl: "LicenseRef-MNPL-0.1",
  mrl: "LicenseRef-MRL-0.1",
  "ms pl": "MS-PL",
  ncsa: "NCSA",
  "nvidia open model": "LicenseRef-NVIDIA-Open-Model",
  odbl: "ODbL-1.0",
  "odbl 1.0": "ODbL-1.0",
  "odc attribution": "ODC-By-1.0",
  "odc by": "ODC-By-1.0",
  "odc by 1.0": "ODC-By-1.0",
  "odc odbl": "ODbL-1.0",
  "odc pddl": "PDDL-1.0",
  "open data commons attribution": "ODC-By-1.0",
  "open data commons attribution 1.0": "ODC-By-1.0",
  "open data commons open database": "ODbL-1.0",
  "open data commons open database 1.0": "ODbL-1.0",
  "open data commons public domain dedication and 1.0": "PDDL-1.0",
  "open data commons public domain dedication and": "PDDL-1.0",
  "open database": "ODbL-1.0",
  "open database 1.0": "ODbL-1.0",
  "openmdw 1.1": "LicenseRef-HF-openmdw-1.1",
  pddl: "PDDL-1.0",
  "pddl 1.0": "PDDL-1.0",
  postgresql: "PostgreSQL",
  "public domain dedication and 1.0": "PDDL-1.0",
  qwen: "LicenseRef-Qwen",
  "qwen research": "LicenseRef-Qwen-research",
  "stability ai community": "LicenseRef-Stability-AI-Community",
  "tongyi qianwen": "LicenseRef-Tongyi-Qianwen",
  "tongyi qianwen research": "LicenseRef-Tongyi-Qianwen-research",
  "university of illinois ncsa open source": "NCSA",
  unlicense: "Unlicense",
  wtfpl: "WTFPL",
  zlib: "Zlib",
};

/** Reads a name that is no expression; undefined where it is none of the usual spellings. */
export function readSpelling(name: string): Spelled | undefined {
  if (name.length > nameMax || !nameForm.test(name)) return undefined;
  const own = name.replace(/^(?:license :: )?(?:osi approved :: )?/i, "");
  return readWhole(own) ?? readTwice(own);
}

/** `Mozilla Public License 2.0 (MPL 2.0)`: a name and its short form, when both say the same. */
function readTwice(name: string): Spelled | undefined {
  const open = name.indexOf("(");
  if (open <= 0 || !name.trimEnd().endsWith(")")) return undefined;
  const inside = name.slice(open + 1, name.lastIndexOf(")"));
  const [long, short] = [readWhole(name.slice(0, open)), readWhole(inside)];
  if (long === undefined || short === undefined) return undefined;
  if ("family" in long || "family" in short) return "family" in long ? long : short;
  return long.expression === short.expression ? long : undefined;
}

function readWhole(name: string): Spelled | undefined {
  const words = wordsOf(name);
  const key = words.join(" ");
  const one = Object.hasOwn(single, key) ? single[key] : undefined;
  if (one !== undefined) return { expression: one };
  return readNumbered(words) ?? readCreativeCommons(words) ?? readGnu(words);
}

/** `gplv3+` is `gpl 3 +`; `2` and `v2.0` are numbers; blanks, dashes, commas and parentheses are alike. */
function wordsOf(name: string): readonly string[] {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.+>=]+/g, " ")
    .split(" ")
    .flatMap((word) => {
      const [, letters = "", digits = "", plus = ""] = /^([a-z]*)(\d[\d.]*[a-z]?)?(\+?)$/.exec(word) ?? [word, word];
      const name = digits !== "" && letters.endsWith("v") && letters !== "v" ? letters.slice(0, -1) : letters;
      return [name, digits.replace(/\.$/, ""), plus];
    })
    .filter((word) => word !== "" && !fillers.has(word));
}

function readNumbered(words: readonly string[]): Spelled | undefined {
  const last = words.at(-1) ?? "";
  const hasVersion = /^\d/.test(last);
  // "Llama 3.1 Community": the number can stand inside.
  const at = hasVersion ? words.length - 1 : words.findIndex((word) => /^\d/.test(word));
  const version = words[at];
  const key = words.filter((_, index) => index !== at).join(" ");
  const row = Object.hasOwn(numbered, key) ? numbered[key] : undefined;
  if (row === undefined) return undefined;
  const [prefix = "", ...versions] = row.split(" ");
  if (version === undefined) return { family: "version" };
  const known = versions.find((one) => one === version || one === `${version}.0`);
  if (known === undefined) return undefined;
  return { expression: prefix.endsWith("llama") ? `${prefix}${known}` : `${prefix}-${known}` };
}

const elements: { readonly [word: string]: string } = {
  attribution: "BY",
  by: "BY",
  nc: "NC",
  noncommercial: "NC",
  nd: "ND",
  noderivatives: "ND",
  noderivs: "ND",
  sa: "SA",
  sharealike: "SA",
};
const portless: ReadonlySet<string> = new Set(["international", "intl", "unported", "generic", "deed"]);

function readCreativeCommons(words: readonly string[]): Spelled | undefined {
  const text = words
    .join(" ")
    .replace(/\bnon commercial\b/g, "noncommercial")
    .replace(/\bshare alike\b/g, "sharealike")
    .replace(/\bno deriv(s|atives)\b/g, "noderivatives");
  const rest = /^(?:cc|creative commons)(?: |$)/.exec(text);
  const named = rest !== null || /^attribution\b.* (?:international|unported)$/.test(text);
  if (!named) return undefined;
  const found = new Set<string>();
  let version: string | undefined;
  let port = "";
  for (const word of text.slice(rest?.[0].length ?? 0).split(" ")) {
    const element = Object.hasOwn(elements, word) ? elements[word] : undefined;
    if (element !== undefined && version === undefined) found.add(element);
    else if (/^\d(?:\.\d)?$/.test(word) && version === undefined) version = word.includes(".") ? word : `${word}.0`;
    else if (version !== undefined && portless.has(word)) continue;
    else if (version !== undefined && port === "" && /^[a-z]{2,3}$/.test(word)) port = `-${word.toUpperCase()}`;
    else if (word !== "") return undefined;
  }
  if (version === undefined) return { family: "cc" };
  const id = `CC-${["BY", "NC", "ND", "SA"].filter((one) => found.has(one)).join("-")}-${version}${port}`;
  return spdxIds().licenses.get(id.toLowerCase()) === id ? { expression: id } : undefined;
}

const gnuNames: { readonly [name: string]: string } = {
  "affero general public": "AGPL",
  agpl: "AGPL",
  fdl: "GFDL",
  "free documentation": "GFDL",
  "general public": "GPL",
  gfdl: "GFDL",
  gpl: "GPL",
  "lesser general public": "LGPL",
  lgpl: "LGPL",
  "library general public": "LGPL",
};

function readGnu(words: readonly string[]): Spelled | undefined {
  const text = (words[0] === "gnu" ? words.slice(1) : words).join(" ");
  const parts = /^([a-z ]+?)(?: (>=))?(?: (\d(?:\.\d)?))?(?: (only|or later|or newer|or any later|\+))?$/.exec(text);
  const [, name = "", atLeast, number, qualifier = atLeast] = parts ?? [];
  const family = Object.hasOwn(gnuNames, name) ? gnuNames[name] : undefined;
  if (family === undefined) return undefined;
  if (number === undefined || qualifier === undefined) return { family: "gnu" };
  const version = number.includes(".") ? number : `${number}.0`;
  const id = `${family}-${version}-${qualifier === "only" ? "only" : "or-later"}`;
  return spdxIds().licenses.get(id.toLowerCase()) === id ? { expression: id } : undefined;
}
