import type { Reporter } from "../reporter.ts";

/** The keys that come first, in this order; all others follow by their names. */
const FIRST_KEYS = [
  "schemaVersion",
  "verifier",
  "id",
  "code",
  "severity",
  "name",
  "version",
  "kind",
  "uri",
  "path",
  "status",
  "availability",
  "outcome",
  "declared",
  "published",
  "measured",
  "agreement",
  "summary",
  "manifest",
  "pieces",
  "findings",
] as const;
const rank = new Map<string, number>(FIRST_KEYS.map((key, index) => [key, index]));

/**
 * What JSON allows to stand in a string and a terminal would act upon or hide: C1 controls, invisible and
 * direction-changing characters. Written as escapes, they mean the same to every JSON reader.
 */
const UNSEEN = /[\u007f-\u009f\p{Default_Ignorable_Code_Point}\p{Cf}\u2028\u2029]/gu;

/** The report as it is: for other programs. Always the same text for the same report. */
export const json: Reporter = {
  id: "json",
  mediaType: "application/json",
  render(report) {
    return jsonText(report);
  },
};

/** Plain data as JSON that always has the same keys in the same order, and nothing that a terminal acts upon. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, inOrder, 2).replace(UNSEEN, escapeUnits)}\n`;
}

/** Where a key came from must not show: two runs may build the same object in different orders. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1)));
}

function rankOf(key: string): number {
  return rank.get(key) ?? FIRST_KEYS.length;
}

function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
