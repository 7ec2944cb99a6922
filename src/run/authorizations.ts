import type { BatchObject } from "../model/evidence.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import type { Authorizations } from "./look-context.ts";

/** Credentials that the user keeps for exactly these URLs of a registry that they configured themselves. */
export async function authorizationsOf(
  objects: readonly BatchObject[],
  { setting }: Pick<ResolveContext, "setting">,
): Promise<Authorizations> {
  const known: { [url: string]: string } = {};
  for (const { url, operatorEndpoint } of objects) {
    if (operatorEndpoint !== true) continue;
    const header = await setting(`npm.authorization:${url}`);
    if (header !== undefined) known[url] = header;
  }
  return known;
}
