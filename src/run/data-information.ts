/** Asks for the sources that descriptions of training data list: their hosts' word, and no payload. */
import { type AskedSource, type DescribedSeen, describingCards, isDescribed } from "../judge/data-information.ts";
import type { PieceReport } from "../model/report.ts";
import { findResolver } from "../resolve/registry.ts";
import type { Resolution } from "../resolve/resolver.ts";
import type { Run } from "./context.ts";
import { hostOfUri, sideBySide } from "./side-by-side.ts";

/** Sources of one release that are asked for. */
export const SOURCES_MAX = 50;

/** What may be asked for on a card's word: names of public places, and nothing of this machine. */
const askable = /^(?:https?:\/\/|hf:datasets\/|doi:)/i;

/** Asks for each listed source once, the first ones in manifest order. */
export async function askForSources(
  pieces: readonly Pick<PieceReport, "id" | "kind" | "outcome">[],
  seen: readonly DescribedSeen[],
  run: Run,
): Promise<readonly AskedSource[]> {
  if (!isDescribed(pieces)) return [];
  const listed = describingCards(pieces, seen).flatMap(({ sources }) => sources.map(({ uri }) => uri));
  const uris = [...new Set(listed)].slice(0, SOURCES_MAX);
  return sideBySide(uris, hostOfUri, async (uri) => ({ uri, ...(await ask(uri, run)) }));
}

type Answer = Omit<AskedSource, "uri">;

async function ask(uri: string, run: Run): Promise<Answer> {
  if (run.signal.aborted) return { state: "undetermined", detail: "the run was stopped" };
  const matched = askable.test(uri) ? await findResolver({ uri }) : undefined;
  if (matched === undefined) return { state: "undetermined", detail: "no resolver reads such a location" };
  const { resolver, ref } = matched;
  const resolution = await resolver.resolve(ref, { ...run.resolveContext, depth: "probe" });
  if (resolution.status === "refused") return told(resolution);
  if (resolution.gated !== undefined) return { state: "gated", detail: resolution.gated };
  // A folder of a web server is asked for by the names of its files: the page itself answers for it here.
  return resolution.exchange === undefined && /^https?:/i.test(uri) && resolver.id === "https"
    ? askPage(uri, run)
    : { state: "resolves" };
}

async function askPage(uri: string, { resolveContext: { http, signal } }: Run): Promise<Answer> {
  const reply = await http.probe({ url: uri, signal });
  return reply.status === "ok" ? { state: "resolves" } : told(reply);
}

function told({ kind, reason }: Extract<Resolution, { status: "refused" }>): Answer {
  return { state: kind === "absent" ? "gone" : "undetermined", detail: reason };
}
