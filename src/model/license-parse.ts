/**
 * What a licence field says: an SPDX expression in its one normal spelling, `NONE`, `NOASSERTION`, or a problem that can
 * be told to the person who wrote it. Nothing is guessed.
 */
import { nearest, parseTree, type SpdxTree, spdxIds } from "./license-ids.ts";
import { aliases, families, versionAmbiguous } from "./license-names.ts";
import { openFamilies, readSpelling } from "./license-spellings.ts";
import { isLicenseUrl, licenseOfUrl } from "./license-urls.ts";

/** A licence field, read. */
export type ParsedLicense =
  | { readonly kind: "expression"; readonly expression: string; readonly tree: LicenseTree }
  | { readonly kind: "none" }
  | { readonly kind: "noassertion" }
  | LicenseProblem;

/** Why a licence field names no licence. `detail` is for people and may hold foreign text. */
export interface LicenseProblem {
  readonly kind: "problem";
  readonly problem: "malformed" | "unknown-id" | "ambiguous";
  readonly detail: string;
  /** The listed identifier that is spelt most alike. */
  readonly nearest?: string;
  /** For deprecated identifiers that leave the version open: what was written, in the list's spelling. */
  readonly expression?: string;
  readonly tree?: LicenseTree;
}

/** An expression as operands and operators; operands of one operator are in the order in which they were written. */
export type LicenseTree = LicenseAtom | { readonly operator: "AND" | "OR"; readonly operands: readonly LicenseTree[] };

/** One licence, with what modifies it. */
export interface LicenseAtom {
  readonly license: string;
  readonly plus: boolean;
  readonly exception?: string;
}

/** Longest field that is read, in UTF-16 units; the longest real expressions have a few hundred. */
export const licenseLengthLimit = 4096;
/** Deepest nesting of parentheses. */
export const licenseDepthLimit = 32;

const token = /\s*([()+]|[A-Za-z0-9.-]+(?::[A-Za-z0-9.-]+)?)/y;
const reference = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?(LicenseRef|AdditionRef)-[A-Za-z0-9.-]+$/i;
const referencePrefix = /(DocumentRef|LicenseRef|AdditionRef)-/gi;
const referencePrefixes: { readonly [lower: string]: string } = {
  "documentref-": "DocumentRef-",
  "licenseref-": "LicenseRef-",
  "additionref-": "AdditionRef-",
};
/** The library knows no AdditionRef: this exception takes its place while it parses. */
const standIn = "Classpath-exception-2.0";

/** Reads a licence field. */
export function parseLicense(text: string): ParsedLicense {
  const trimmed = text.trim();
  if (trimmed.length > licenseLengthLimit) return malformed(`longer than ${licenseLengthLimit} characters`);
  if (trimmed === "") return malformed("empty");
  if (trimmed === "NONE") return { kind: "none" };
  if (trimmed === "NOASSERTION") return { kind: "noassertion" };
  if (isLicenseUrl(trimmed)) return readUrl(trimmed);
  const name = trimmed.toLowerCase().replace(/\s+/g, " ");
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (family !== undefined) return { kind: "problem", problem: "ambiguous", detail: family };
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  const scanned = scan(alias ?? trimmed);
  if (!("problem" in scanned)) return build(scanned);
  const spelled = readSpelling(trimmed);
  if (spelled === undefined) return scanned;
  if ("family" in spelled) return { kind: "problem", problem: "ambiguous", detail: openFamilies[spelled.family] };
  return parseLicense(spelled.expression);
}

/** An address stands for the licence that it names, and for no more than that. */
function readUrl(url: string): ParsedLicense {
  const named = licenseOfUrl(url);
  if (named !== undefined) return parseLicense(named);
  return { kind: "problem", problem: "unknown-id", detail: "the address stands for no licence known here" };
}

function malformed(detail: string): LicenseProblem {
  return { kind: "problem", problem: "malformed", detail };
}

interface Scanned {
  readonly words: readonly string[];
  /** The exceptions and AdditionRefs in the order in which they stand. */
  readonly exceptions: readonly string[];
}

function scan(text: string): Scanned | LicenseProblem {
  const words: string[] = [];
  const exceptions: string[] = [];
  let depth = 0;
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const word = token.exec(text)?.[1];
    if (word === undefined) {
      const rest = text.slice(at).trim();
      const joins = /^[,;/|&]/.test(rest) ? ": between licences stands `AND` or `OR`" : "";
      return malformed(`unexpected \`${rest.slice(0, 20)}\`${joins}`);
    }
    if (word === "+") {
      if (/\s/.test(text[token.lastIndex - 2] ?? " ")) return malformed("`+` must follow its licence without a blank");
      words.push(word);
      continue;
    }
    if (word === "(" && ++depth > licenseDepthLimit) return malformed(`nested deeper than ${licenseDepthLimit}`);
    if (word === ")") depth--;
    if (word === "(" || word === ")") {
      words.push(word);
      continue;
    }
    const read = identifier(word, words.at(-1) === "WITH");
    if (typeof read !== "string") return read;
    if (words.at(-1) === "WITH") {
      exceptions.push(read);
      words.push(reference.test(read) ? standIn : read);
    } else words.push(read);
  }
  return { words, exceptions };
}

/** The list's spelling of one word. */
function identifier(word: string, afterWith: boolean): string | LicenseProblem {
  const lower = word.toLowerCase();
  if (lower === "and" || lower === "or" || lower === "with") return lower.toUpperCase();
  const kind = reference.exec(word)?.[1]?.toLowerCase();
  if (kind === (afterWith ? "additionref" : "licenseref"))
    return word.replace(referencePrefix, (prefix) => referencePrefixes[prefix.toLowerCase()] ?? prefix);
  const { licenses, exceptions } = spdxIds();
  const list = afterWith ? exceptions : licenses;
  const known = list.get(lower);
  if (known !== undefined) return known;
  const family = Object.hasOwn(families, lower) ? families[lower] : undefined;
  if (family !== undefined) return { kind: "problem", problem: "ambiguous", detail: `\`${word}\`: ${family}` };
  const alias = Object.hasOwn(aliases, lower) ? aliases[lower] : undefined;
  if (alias !== undefined && !afterWith) return alias;
  if (lower === "none" || lower === "noassertion") return malformed(`\`${word}\` stands alone, never in an expression`);
  const near = nearest(word.slice(0, 64), list.values());
  return {
    kind: "problem",
    problem: "unknown-id",
    detail: `\`${word.slice(0, 64)}\` is no ${afterWith ? "exception" : "licence"} of the SPDX list`,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

function build(scanned: Scanned): ParsedLicense {
  const parsed = parseTree(scanned.words.join(" ").replaceAll(" +", "+"));
  if (parsed === undefined) return malformed("no SPDX expression: an operator or an operand is missing");
  const exceptions = scanned.exceptions[Symbol.iterator]();
  const open: string[] = [];
  const tree = convert(parsed, exceptions, open);
  const expression = formatLicense(tree);
  const first = open[0];
  if (first === undefined) return { kind: "expression", expression, tree };
  const [only, orLater] = versionAmbiguous[first] ?? [];
  const detail = `\`${first}\` is deprecated because it leaves open what is meant: \`${only}\` or \`${orLater}\``;
  return { kind: "problem", problem: "ambiguous", detail, expression, tree };
}

function convert(tree: SpdxTree, exceptions: Iterator<string>, open: string[]): LicenseTree {
  if ("license" in tree) return atom(tree, exceptions, open);
  const operator = tree.conjunction === "and" ? "AND" : "OR";
  const operands: LicenseTree[] = [];
  // The library nests to the right; a chain is walked, so that its length costs no stack here.
  let rest: SpdxTree = tree;
  while (!("license" in rest) && rest.conjunction === tree.conjunction) {
    operands.push(convert(rest.left, exceptions, open));
    rest = rest.right;
  }
  operands.push(convert(rest, exceptions, open));
  return {
    operator,
    operands: operands.flatMap((operand) =>
      "operator" in operand && operand.operator === operator ? operand.operands : [operand],
    ),
  };
}

function atom(tree: Extract<SpdxTree, { license: string }>, exceptions: Iterator<string>, open: string[]): LicenseAtom {
  const versions = versionAmbiguous[tree.license];
  const named = tree.exception === undefined ? undefined : exceptions.next().value;
  const exception = typeof named === "string" ? { exception: named } : {};
  if (versions !== undefined && tree.plus === true) return { license: versions[1], plus: false, ...exception };
  if (versions !== undefined) open.push(tree.license);
  // "-or-later" already says what "+" would.
  const plus = tree.plus === true && !tree.license.endsWith("-or-later");
  return { license: tree.license, plus, ...exception };
}

/** The normal spelling of a tree, with no more parentheses than precedence needs. */
export function formatLicense(tree: LicenseTree): string {
  if ("license" in tree)
    return `${tree.license}${tree.plus ? "+" : ""}${tree.exception === undefined ? "" : ` WITH ${tree.exception}`}`;
  return tree.operands
    .map((operand) => {
      const text = formatLicense(operand);
      return tree.operator === "AND" && "operator" in operand ? `(${text})` : text;
    })
    .join(` ${tree.operator} `);
}
