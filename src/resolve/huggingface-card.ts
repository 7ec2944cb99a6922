/** What a repository's card says of itself. Everything in it is written by its owner, in any shape. */
import type { Json } from "../model/json.ts";

/** Longer texts of a card are cut. UTF-16 units. */
const textMaxLength = 1000;
/** Further items of a list are left out. */
const listMaxLength = 100;
/** The fields of a card that a reader of the report may want. */
const told = [
  "license",
  "license_name",
  "license_link",
  "base_model",
  "base_model_relation",
  "datasets",
  "source_datasets",
] as const;

/**
 * The licence as the card names it. `other` is the hub's word for one that it has no id for: then it is what
 * `license_name` calls it. Several are joined with commas, because the card does not say whether all or any apply.
 */
export function cardLicense(card: unknown, tags: readonly string[] = []): string | undefined {
  const licenses = textsOf(field(card, "license"));
  const name = textsOf(field(card, "license_name"))[0];
  if (licenses.length === 1 && licenses[0]?.toLowerCase() === "other" && name !== undefined) return name;
  if (licenses.length > 0) return licenses.join(", ").slice(0, textMaxLength);
  // The hub makes tags of the card, and tells them where it keeps the card back.
  return tags.find((tag) => tag.startsWith("license:"))?.slice("license:".length, textMaxLength);
}

/** The card's own words on licence and origin. */
export function cardFacts(card: unknown): { readonly [name: string]: Json } {
  const facts: { [name: string]: Json } = {};
  for (const name of told) {
    const value = field(card, name);
    const texts = textsOf(value);
    if (texts.length > 0) facts[name] = typeof value === "string" ? texts.join() : texts;
  }
  return facts;
}

function field(card: unknown, name: string): unknown {
  if (typeof card !== "object" || card === null || !Object.hasOwn(card, name)) return undefined;
  return Reflect.get(card, name);
}

function textsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value.slice(0, listMaxLength) : [value];
  return values.flatMap((one) => (typeof one === "string" && one.trim() !== "" ? [one.slice(0, textMaxLength)] : []));
}
