import type { Json } from "../model/json.ts";
import type { Location } from "../model/manifest.ts";
import { type ResolverKind, resolverKinds } from "./kinds.ts";
import type { Resolver } from "./resolver.ts";

/** The resolver that reads a location, with what it read. */
export interface Matched {
  readonly resolver: Resolver;
  readonly ref: Json;
}

/** Who reads this location; undefined where nobody does, which is never guessed around. */
export async function findResolver(location: Location): Promise<Matched | undefined> {
  for (const { load } of kindsThatMayRead(location.uri)) {
    const matched = read(await load(), location);
    if (matched !== undefined) return matched;
  }
  return undefined;
}

/** The same for stages that can not wait, of these locations alone. */
export async function findResolvers(
  locations: readonly Location[],
): Promise<(location: Location) => Matched | undefined> {
  const found = new Map<Location, Matched | undefined>();
  for (const location of locations) found.set(location, await findResolver(location));
  return (location) => {
    if (!found.has(location)) throw new Error("a location was asked about that was not announced");
    return found.get(location);
  };
}

/** The kinds whose resolvers may read such a text, in the list's order: the others surely do not. */
export function kindsThatMayRead(uri: string): readonly ResolverKind[] {
  const isWeb = /^https?:/i.test(uri);
  const url = isWeb && URL.canParse(uri) ? new URL(uri) : undefined;
  return resolverKinds.filter(({ begins, host, page }) => {
    if (begins.test(uri)) return true;
    if (!isWeb || (host === undefined && page === undefined)) return false;
    // What URL readers can not read is left to the resolvers.
    if (url === undefined) return true;
    return host?.test(url.hostname) === true || page?.test(url.pathname) === true;
  });
}

function read(resolver: Resolver, location: Location): Matched | undefined {
  const ref = resolver.parse(location);
  return ref === undefined ? undefined : { resolver, ref };
}

/** The kinds of locations that are read, by one word each, for messages. */
export function supportedKinds(): string {
  return resolverKinds.map(({ id }) => id).join(", ");
}

/**
 * How the supported locations look, one line for each kind: of this location's own kind, where it begins like one, for
 * whoever writes it nearly right is helped by no others.
 */
export function supportedSyntax(uri = ""): readonly string[] {
  const all = resolverKinds.map(({ syntax }) => syntax);
  const own = beginningsOf(uri).map((beginning) =>
    all.filter((syntax) => syntax.split(", ").some((form) => form.startsWith(beginning))),
  );
  return own.find((some) => some.length > 0) ?? all;
}

/** What other locations of the same kind begin with, the closest first. */
function beginningsOf(uri: string): readonly string[] {
  // As git's own users write a repository that ssh leads to.
  if (/^[a-z0-9_.-]+@[a-z0-9_.-]+:/i.test(uri)) return ["git+ssh:"];
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return [];
  const type = /^pkg:([a-z0-9.+-]+)/i.exec(uri)?.[1]?.toLowerCase();
  return type === undefined ? [scheme] : [`pkg:${type}/`, "pkg:"];
}
