import type { BatchObject } from "../model/evidence.ts";
import type { Resolved } from "../resolve/resolver.ts";
import type { Authorizations } from "./look-context.ts";

/** The credentials that a location's resolver has for these objects. They go beside a batch and never inside it. */
export async function authorizationsOf(
  objects: readonly BatchObject[],
  { authorize }: Pick<Resolved, "authorize">,
): Promise<Authorizations> {
  const known: { [url: string]: Authorizations[string] } = {};
  if (authorize === undefined) return known;
  for (const object of objects) {
    const authorization = await authorize(object);
    if (authorization !== undefined) known[object.url] = authorization;
  }
  return known;
}
