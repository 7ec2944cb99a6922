/** Whether two licence statements say the same. Undetermined is an answer: silence and half an answer are no agreement. */

import { versionAmbiguous } from "./license-names.ts";
import { type LicenseAtom, type LicenseTree, type ParsedLicense, parseLicense } from "./license-parse.ts";

/** `different` only where both sides are understood and one cannot stand for the other. */
export type LicenseAgreement = "same" | "different" | "undetermined";

/** Alternatives of one expression beyond which its normal form is not made. */
const alternativesLimit = 256;

/** Identifiers that the list has replaced by another name for the same text. */
const renamed: { readonly [id: string]: string } = {
  "BSD-2-Clause-FreeBSD": "BSD-2-Clause-Views",
  "BSD-2-Clause-NetBSD": "BSD-2-Clause",
  "StandardML-NJ": "SMLNJ",
  "bzip2-1.0.5": "bzip2-1.0.6",
};

/** Compares two licence fields by what they mean: order, repetition and spelling do not count. */
export function compareLicenses(declared: string, found: string): LicenseAgreement {
  const [left, right] = [parseLicense(declared), parseLicense(found)];
  if (left.kind === "noassertion" || right.kind === "noassertion") return "undetermined";
  if (left.kind === "none" || right.kind === "none") {
    if (left.kind === right.kind) return "same";
    return treeOf(left) === undefined && treeOf(right) === undefined ? "undetermined" : "different";
  }
  const [mine, theirs] = [treeOf(left), treeOf(right)];
  if (mine === undefined || theirs === undefined) return "undetermined";
  const [wanted, given] = [alternatives(mine), alternatives(theirs)];
  if (wanted === undefined || given === undefined) return "undetermined";
  if (equal(wanted, given)) return "same";
  // One alternative found may be part of what is declared: a text of A where "A AND B" or "A OR B" is declared.
  const partly = [...given.values()].some((some) => [...wanted.values()].some((all) => within(some, all)));
  return partly ? "undetermined" : "different";
}

function treeOf(parsed: ParsedLicense): LicenseTree | undefined {
  return parsed.kind === "expression" || parsed.kind === "problem" ? parsed.tree : undefined;
}

/** One alternative: the licences that hold together, by their key. */
type Together = ReadonlyMap<string, LicenseAtom>;

/** The disjunctive normal form, keyed so that equal alternatives are one; undefined where it grows too large. */
function alternatives(tree: LicenseTree): ReadonlyMap<string, Together> | undefined {
  if ("license" in tree) return keyed([new Map([[keyOf(tree), tree]])]);
  const parts: ReadonlyMap<string, Together>[] = [];
  for (const operand of tree.operands) {
    const part = alternatives(operand);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  let result: readonly Together[] = tree.operator === "OR" ? parts.flatMap((part) => [...part.values()]) : [new Map()];
  if (tree.operator === "AND")
    for (const part of parts) {
      if (result.length * part.size > alternativesLimit) return undefined;
      const product = result.flatMap((some) => [...part.values()].map((more): Together => new Map([...some, ...more])));
      result = [...keyed(product).values()];
    }
  const distinct = keyed(result);
  return distinct.size > alternativesLimit ? undefined : distinct;
}

function keyed(list: readonly Together[]): ReadonlyMap<string, Together> {
  return new Map(list.map((together) => [[...together.keys()].sort().join("&"), together]));
}

function keyOf(atom: LicenseAtom): string {
  const license = renamed[atom.license] ?? atom.license;
  return `${license}${atom.plus ? "+" : ""} ${atom.exception ?? ""}`.toLowerCase();
}

function equal(a: ReadonlyMap<string, Together>, b: ReadonlyMap<string, Together>): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key));
}

function within(some: Together, all: Together): boolean {
  return [...some.values()].every((found) => [...all.values()].some((wanted) => mayBe(wanted, found)));
}

/** True where the found licence is the wanted one, or may be the part of it that was seen. */
function mayBe(wanted: LicenseAtom, found: LicenseAtom): boolean {
  if (keyOf(wanted) === keyOf(found)) return true;
  // A text shows neither the exception beside it nor the permission to use later versions.
  if (found.exception !== undefined && found.exception !== wanted.exception) return false;
  if (found.plus && !wanted.plus) return false;
  return readings(wanted.license).some((reading) => readings(found.license).includes(reading));
}

function readings(license: string): readonly string[] {
  return versionAmbiguous[license] ?? [renamed[license] ?? license];
}
