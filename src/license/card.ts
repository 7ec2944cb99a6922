/** What a model or dataset card says of its licence: in its front matter, which names one, and in its prose, which hints. */
import type { LicenseSighting } from "../model/evidence.ts";
import { parseLicense } from "../model/license.ts";
import { frontMatter } from "./card-front.ts";
import { readProse } from "./prose.ts";
import { yamlValues } from "./yaml-values.ts";

/** Longest value that is kept, in UTF-16 units. */
const rawMax = 1000;
/** Values of one list that are read. */
const listMax = 20;

/** Reads a card: its front matter first, then its prose. */
export function readCard(path: string, text: string): LicenseSighting[] {
  const card = text.replace(/^\uFEFF/, "");
  const front = frontMatter(card);
  if (front === undefined) return readProse(path, card);
  const stated = readFront(path, front.lines);
  return [...(stated === undefined ? [] : [stated]), ...readProse(path, card.slice(front.end), front.lines.length + 2)];
}

/** Words of the hub for a licence that it has no identifier for, and for none that is known. */
const nameless: ReadonlySet<string> = new Set(["other", "unknown"]);

function readFront(path: string, lines: readonly string[]): LicenseSighting | undefined {
  const license = yamlValues(lines, "license", listMax);
  const values = license?.values.filter((value) => value !== "") ?? [];
  if (license === undefined || values.length === 0) return undefined;
  const [name] = yamlValues(lines, "license_name", 1)?.values ?? [];
  const [link] = yamlValues(lines, "license_link", 1)?.values ?? [];
  const isNameless = values.length === 1 && nameless.has(values[0]?.toLowerCase() ?? "");
  // Several licences, and the card does not say whether all or any apply: no expression.
  const raw = isNameless && name !== undefined && name !== "" ? name : values.join(", ");
  const expression = expressionOf(raw) ?? (isNameless && link !== undefined ? expressionOf(link) : undefined);
  const common = {
    source: "card",
    path,
    // The first line is the rule.
    line: license.line + 1,
    raw: raw.slice(0, rawMax),
    ...(link === undefined || link === "" ? {} : { link: link.slice(0, rawMax) }),
  } as const;
  return expression === undefined ? { ...common, verdict: "unknown" } : { ...common, expression, verdict: "exact" };
}

function expressionOf(raw: string): string | undefined {
  const parsed = parseLicense(raw);
  return "expression" in parsed ? parsed.expression : undefined;
}
