/** Plain values of any shape, looked into without trusting that shape. */
import type { Plain } from "./tree.ts";

/** The entries of a map, none for anything else. */
export function entriesOf(value: Plain | undefined): { readonly [key: string]: Plain } {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

/** One entry of a map. */
export function field(value: Plain | undefined, name: string): Plain | undefined {
  const entries = entriesOf(value);
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** The items of a list, none for anything else. */
export function list(value: Plain | undefined): readonly Plain[] {
  return value !== undefined && isList(value) ? value : [];
}

/** A text, and nothing else. */
export function text(value: Plain | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);
