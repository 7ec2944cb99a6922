/** Simple values at the top of a YAML text, line by line: no anchors, no nesting, nothing that could explode. */

/** The values of one key, and the line (from 1) that they begin in. */
export interface YamlValues {
  readonly values: readonly string[];
  readonly line: number;
}

/** A top-level `key:` with one value or a list of them; anything deeper belongs to something else. */
export function yamlValues(lines: readonly string[], key: string, limit: number): YamlValues | undefined {
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at < 0) return undefined;
  const line = at + 1;
  const value = scalar(lines[at]?.slice(key.length + 1) ?? "");
  if (value.startsWith("[") && value.endsWith("]"))
    return { values: value.slice(1, -1).split(",", limit).map(scalar), line };
  if (value !== "") return { values: [value], line };
  const values: string[] = [];
  for (const item of lines.slice(at + 1, at + 1 + limit)) {
    const match = /^\s*-\s+(.*)$/.exec(item)?.[1];
    if (match === undefined) break;
    values.push(scalar(match));
  }
  return { values, line };
}

function scalar(text: string): string {
  const bare = text.replace(/(?:^|\s)#.*$/, "").trim();
  return /^"[^"]*"$|^'[^']*'$/.test(bare) ? bare.slice(1, -1) : bare;
}
