/** Licences as entities of a crate. */
import type { Json } from "../model/json.ts";
import { spdxIds } from "../model/license-ids.ts";
import type { ArchivedPiece } from "./contents.ts";
import { idOfThing } from "./crate-id.ts";

/** Expressions that the text on a release of many licences names; the rest are on the pieces. */
const EXPRESSIONS_NAMED = 20;

/** What says that there is no licence to name. */
const NOTHING: ReadonlySet<string> = new Set(["", "NOASSERTION", "NONE"]);

/** One JSON-LD object of the graph. */
export type Entity = { readonly [key: string]: Json | undefined };
/** `{ "@id": ... }`. */
export type Reference = { readonly "@id": string };

/** A reference to another entity. */
export const reference = (id: string): Reference => ({ "@id": id });

/** A list in JSON-LD's compact form: none, the thing itself, or an array. */
export function compact<T>(items: readonly T[]): T | readonly T[] | undefined {
  return items.length > 1 ? items : items[0];
}

/**
 * The licences that a reader of the crate must see on a piece: what is declared, and what the texts support where that
 * is something else. Neither alone would be the whole truth.
 */
export function licensesOf({ licenseDeclared, licenseConcluded }: ArchivedPiece): readonly string[] {
  const said = [licenseDeclared, licenseConcluded].filter((license): license is string => !NOTHING.has(license ?? ""));
  return [...new Set(said)];
}

/** The identifier of a licence: its page in the SPDX list, or a name in the crate. */
export function licenseId(expression: string): string {
  return spdxIds().licenses.get(expression.toLowerCase()) === expression
    ? `https://spdx.org/licenses/${expression}`
    : idOfThing("license", expression);
}

const MANY = "#licenses-of-the-pieces";

/** What the root says of its licence: that of all pieces, or where to look. */
export function rootLicenseId(pieces: readonly ArchivedPiece[]): string {
  const [first, ...others] = allLicenses(pieces);
  const isOne = first !== undefined && others.length === 0 && pieces.every((piece) => licensesOf(piece).length === 1);
  return isOne ? licenseId(first) : MANY;
}

/** The entities that the root and the pieces refer to. */
export function* licenseEntities(pieces: readonly ArchivedPiece[]): Generator<Entity, void, void> {
  const all = allLicenses(pieces);
  for (const license of all) {
    const id = licenseId(license);
    const listed = id.startsWith("https:");
    yield {
      "@id": id,
      "@type": "CreativeWork",
      name: license,
      description: listed
        ? `The licence that SPDX lists as ${license}`
        : `Licence terms that SPDX lists under no name of their own: ${license}`,
      identifier: license,
      url: listed ? id : undefined,
    };
  }
  if (rootLicenseId(pieces) !== MANY) return;
  const named = all.slice(0, EXPRESSIONS_NAMED).join("; ");
  const more = all.length > EXPRESSIONS_NAMED ? `; and ${all.length - EXPRESSIONS_NAMED} more` : "";
  yield {
    "@id": MANY,
    "@type": "CreativeWork",
    name: "The licences of the pieces",
    description:
      all.length === 0
        ? "No piece of this release declares a licence, and none was found: ask whoever published it"
        : `Each piece has its own licence, or none that is known; see there. They are: ${named}${more}`,
  };
}

function allLicenses(pieces: readonly ArchivedPiece[]): readonly string[] {
  return [...new Set(pieces.flatMap(licensesOf))];
}
