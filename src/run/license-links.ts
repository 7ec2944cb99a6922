import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isUnexplained, type LicenseLinkSeen } from "../judge/license-places.ts";
import type { LicenseSighting, RemoteObject } from "../model/evidence.ts";
import type { ResolveContext, Resolved } from "../resolve/resolver.ts";

/** Links of one piece that are followed. */
const LINKS_MAX = 3;

/** Follows where cards say that a licence of their own is: a path beside them, or an address. Reads nothing there. */
export async function followLicenseLinks(
  sightings: readonly LicenseSighting[],
  found: Resolved,
  context: Pick<ResolveContext, "http" | "signal">,
): Promise<readonly LicenseLinkSeen[]> {
  const linked = sightings.filter((one) => isUnexplained(one) && one.link !== undefined).slice(0, LINKS_MAX);
  const seen: LicenseLinkSeen[] = [];
  for (const { link = "", path, line } of linked)
    seen.push({ link, path, line, ...(await follow(link, sightings, found, context)) });
  return seen;
}

type Followed = Pick<LicenseLinkSeen, "state" | "detail">;

const there: Followed = { state: "there", detail: "" };
const unknown = (detail: string): Followed => ({ state: "unknown", detail });

async function follow(
  link: string,
  sightings: readonly LicenseSighting[],
  found: Resolved,
  context: Pick<ResolveContext, "http" | "signal">,
): Promise<Followed> {
  if (/^https?:\/\//i.test(link)) {
    return URL.canParse(link) ? probe({ url: link }, context) : unknown("no address");
  }
  const path = link.replace(/[?#].*$/, "").replace(/^\.?\/+/, "");
  if (path === "" || /^[a-z][a-z0-9+.-]*:/i.test(path)) return unknown("no path");
  if (sightings.some((one) => one.path === path)) return there;
  const object = found.objectAt?.(path);
  if (object === undefined) return unknown("the host can not be asked for one file");
  if ("status" in object) return object.kind === "absent" ? gone(object.reason) : unknown(object.reason);
  if (object.members !== undefined) return unknown("it would be in an archive");
  return object.url.startsWith("file:") ? local(object) : probe(object, context, await found.authorize?.(object));
}

function gone(detail: string): Followed {
  return { state: "gone", detail };
}

async function probe(
  { url, operatorEndpoint }: Pick<RemoteObject, "url" | "operatorEndpoint">,
  { http, signal }: Pick<ResolveContext, "http" | "signal">,
  authorization?: Awaited<ReturnType<NonNullable<Resolved["authorize"]>>>,
): Promise<Followed> {
  const reply = await http.probe({
    url,
    signal,
    ...(operatorEndpoint === undefined ? {} : { operatorEndpoint }),
    ...(authorization === undefined ? {} : { authorization }),
  });
  if (reply.status === "ok") return there;
  return reply.kind === "absent" ? gone(reply.reason) : unknown(reply.reason);
}

async function local({ url }: Pick<RemoteObject, "url">): Promise<Followed> {
  try {
    await stat(fileURLToPath(url));
    return there;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOENT" ? gone("not-found") : unknown("not readable");
  }
}
