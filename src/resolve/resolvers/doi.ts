import type { Refusal } from "../../model/evidence.ts";
import type { Location } from "../../model/manifest.ts";
import { refuse } from "../../model/refusal.ts";
import { doiOf } from "../browser-url.ts";
import { doiHosts } from "../doi-hosts.ts";
import { hostBase } from "../host-base.ts";
import { selectedPath } from "../path.ts";
import { defineResolver, type ResolveContext } from "../resolver.ts";

type Ref = {
  readonly doi: string;
  /** What else the location says, for the host that the DOI leads to. */
  readonly revision?: string;
  readonly path?: string;
  readonly unpack?: true;
};

/** Redirects between the DOI and a page, the DOI's own one included. */
const hopsMax = 6;

/**
 * A DOI leads to a page about something, never to its bytes, and its owner can lead it elsewhere: alone it is no pin.
 * Where the page is one of a host that we know, that host is asked.
 */
export const doi = defineResolver<Ref>({
  id: "doi",
  parse({ uri, revision, path, unpack = false }) {
    const name = doiOf(uri);
    const selected = selectedPath(path);
    if (name === undefined || selected === undefined) return undefined;
    return {
      doi: name,
      ...(revision === undefined ? {} : { revision }),
      ...(selected === "" ? {} : { path: selected }),
      ...(unpack ? { unpack } : {}),
    };
  },
  // Where it leads to may know no versions: that is found out when it is asked.
  isPinned: ({ revision }) => revision !== undefined,
  async resolve(ref, context) {
    const base = hostBase(context, "doi", "https://doi.org/");
    const first = `${base.url}${ref.doi.split("/").map(encodeURIComponent).join("/")}`;
    let url = first;
    for (let hop = 0; hop < hopsMax; hop += 1) {
      const next = await target(url, first, ref, context);
      if (typeof next !== "string") return next;
      const found = await resolveAt(next, ref, context);
      if (found !== undefined) return found;
      url = next;
    }
    return refuse("redirect-limit", `\`${ref.doi}\` leads through more than \`${hopsMax}\` redirects`, { url: first });
  },
});

/** Where an address leads on to; the refusal that ends the way. */
async function target(
  url: string,
  first: string,
  { doi: name }: Ref,
  context: ResolveContext,
): Promise<string | Refusal> {
  const base = hostBase(context, "doi", "https://doi.org/");
  const isFirst = url === first;
  // Pages are long and not wanted; the DOI's own answer is short, and not every proxy answers HEAD.
  const method = isFirst ? "GET" : "HEAD";
  const operatorEndpoint = base.operatorEndpoint && base.owns(url);
  const request = { url, method, signal: context.signal, operatorEndpoint } as const;
  const answer = await context.http.answer(request, { redirects: "none" });
  const leadsNowhere = refuse(
    "not-listable",
    `the DOI leads to \`${url}\`; wholesource knows no way to the files there`,
    { url },
  );
  if (answer.status === "refused") return isFirst ? answer : leadsNowhere;
  const { location } = answer.headers;
  const isRedirect = answer.httpStatus >= 300 && answer.httpStatus < 400 && location !== undefined;
  if (isRedirect) {
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next !== undefined && /^https?:$/.test(next.protocol)) return next.href;
    return refuse("redirect-invalid", `the DOI leads to \`${location.slice(0, 200)}\`, which is no web page`, { url });
  }
  if (!isFirst) return leadsNowhere;
  if (answer.refusal === undefined)
    return refuse("reply-invalid", `the host of DOIs leads \`${name}\` nowhere`, { url });
  if (answer.httpStatus !== 404) return answer.refusal;
  return { ...answer.refusal, message: `there is no DOI \`${name}\`` };
}

/** Asks the host whose page this is; undefined where no host that we know has it. */
async function resolveAt(uri: string, { doi: name, revision, path, unpack }: Ref, context: ResolveContext) {
  const location: Location = { uri, revision, path, unpack };
  for (const host of doiHosts) {
    const ref = host.parse(location);
    if (ref === undefined) continue;
    const resolution = await host.resolve(ref, context);
    if (resolution.status === "refused") {
      return { ...resolution, message: `the DOI leads to \`${uri.slice(0, 200)}\`: ${resolution.message}` };
    }
    return {
      ...resolution,
      // The version of what is there now does not change; which thing is there is the owner's to decide.
      pinned: resolution.pinned && revision !== undefined,
      facts: { ...resolution.facts, doi: name, leadsTo: uri.slice(0, 1000), host: host.id },
    };
  }
  return undefined;
}
