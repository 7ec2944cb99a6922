import { pathSegments } from "./path.ts";

/** A package URL's parts, decoded. */
export interface PurlParts {
  /** The segments between the type and the name. */
  readonly namespace: readonly string[];
  readonly name: string;
  readonly version?: string;
  /** Lower-case keys. */
  readonly qualifiers: ReadonlyMap<string, string>;
  /** A safe path, `/` separated. */
  readonly subpath?: string;
}

/** Longer package URLs are no one's. UTF-16 units. */
const purlMaxLength = 4096;

/**
 * Reads a package URL (ECMA-427) of one type. Undefined for what is not one, and for what readers of package URLs
 * disagree about: empty segments, `..`, keys that are given twice.
 */
export function parsePurl(uri: string, type: string): PurlParts | undefined {
  const head = /^pkg:\/{0,2}([a-z][a-z0-9.+-]*)\//i.exec(uri.slice(0, 100));
  if (head?.[1]?.toLowerCase() !== type || uri.length > purlMaxLength) return undefined;
  const [beforeHash, hash] = cut(uri.slice(head[0].length), "#");
  const [main, query] = cut(beforeHash, "?");
  const at = main.lastIndexOf("@");
  // An `@` that begins a segment belongs to a scope; the one before a version stands behind a name.
  const isVersion = at > 0 && main[at - 1] !== "/" && !main.slice(at).includes("/");
  const segments = (isVersion ? main.slice(0, at) : main).split("/").map(decoded);
  const version = isVersion ? decoded(main.slice(at + 1)) : undefined;
  const subpath = hash === undefined ? undefined : subpathOf(hash);
  const qualifiers = qualifiersOf(query);
  const known = segments.filter((segment) => segment !== undefined && pathSegments(segment)?.length === 1);
  const name = known.at(-1);
  if (name === undefined || known.length !== segments.length || qualifiers === undefined) return undefined;
  if (isVersion && (version === undefined || version === "")) return undefined;
  if (hash !== undefined && subpath === undefined) return undefined;
  return {
    namespace: known.slice(0, -1).filter((segment) => segment !== undefined),
    name,
    qualifiers,
    ...(version === undefined ? {} : { version }),
    ...(subpath === undefined ? {} : { subpath }),
  };
}

function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function subpathOf(text: string): string | undefined {
  const segments = text.split("/").map(decoded);
  const path = segments.join("/");
  // An encoded `/` would make two segments of one.
  return segments.includes(undefined) || pathSegments(path)?.length !== segments.length ? undefined : path;
}

function qualifiersOf(query: string | undefined): ReadonlyMap<string, string> | undefined {
  const qualifiers = new Map<string, string>();
  for (const pair of query === undefined ? [] : query.split("&")) {
    const [rawKey, rawValue] = cut(pair, "=");
    const key = rawKey.toLowerCase();
    const value = rawValue === undefined ? undefined : decoded(rawValue);
    if (!/^[a-z][a-z0-9._-]*$/.test(key) || value === undefined || qualifiers.has(key)) return undefined;
    // A key without a value says as much as no key at all.
    if (value !== "") qualifiers.set(key, value);
  }
  return qualifiers;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
