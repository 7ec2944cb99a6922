/** How a registry asks for a login. */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Lower-case names. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longer headers are no challenge. UTF-16 units. */
const headerMaxLength = 16 * 1024;

/**
 * Reads a `www-authenticate` header (RFC 9110), several challenges in one line included. What can not be read ends the
 * reading: what came before it counts.
 */
export function readChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const text = header.slice(0, headerMaxLength);
  const part =
    /[\s,]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))|([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=[\s,]|$))/y;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    const [, name, quoted, plain, scheme] = match;
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    const current = challenges.at(-1);
    if (name === undefined || current === undefined) continue;
    const key = name.toLowerCase();
    // The first one counts: a second value of the same name is nobody's intention.
    if (!current.parameters.has(key)) {
      current.parameters.set(key, plain ?? (quoted ?? "").replace(/\\(.)/gs, "$1"));
    }
  }
  return challenges;
}
