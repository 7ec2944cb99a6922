/** Asking a resolver about a location at the stand-ins for research repositories. */
import type { Http } from "../../src/io/http.ts";
import type { Refusal, RemoteObject } from "../../src/model/evidence.ts";
import type { Location } from "../../src/model/manifest.ts";
import type { Resolution, ResolveContext, Resolver } from "../../src/resolve/resolver.ts";
import type { ResearchHosts } from "../services/research-hosts.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";

/** What the resolver finds. */
export function asking(resolver: Resolver, http: Http, hosts: () => ResearchHosts) {
  return async (location: Location | string, more: Partial<ResolveContext> = {}): Promise<Resolution> => {
    const ref = resolver.parse(typeof location === "string" ? { uri: location } : location);
    if (ref === undefined) throw new Error(`not parsed: ${JSON.stringify(location)}`);
    return resolver.resolve(ref, contextFor(http, { endpoint: hosts().endpoint, ...more }));
  };
}

/** Everything that a resolution lists. */
export async function listed(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  return collect(resolution.objects);
}

/** The listed objects by path. */
export async function byPath(resolution: Resolution): Promise<Readonly<Record<string, RemoteObject>>> {
  const objects = await listed(resolution);
  return Object.fromEntries(
    objects.map((object) => {
      if ("status" in object) throw new Error(JSON.stringify(object));
      return [object.path, object];
    }),
  );
}

/** The bytes that an object's address really gives, as text. */
export async function fetched(object: RemoteObject | undefined, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(object?.url ?? "", { headers });
  if (!response.ok) throw new Error(`${response.status} ${object?.url}`);
  return response.text();
}
