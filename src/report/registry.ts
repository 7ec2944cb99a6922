import type { Reporter } from "./reporter.ts";
import { json } from "./reporters/json.ts";
import { markdown } from "./reporters/markdown.ts";
import { text } from "./reporters/text.ts";

/** Every reporter; the first is the default. */
export const reporters: readonly Reporter[] = [text, json, markdown];

/** The reporter with this id. */
export function reporterById(id: string): Reporter | undefined {
  return reporters.find((reporter) => reporter.id === id);
}
