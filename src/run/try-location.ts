import type { Try } from "../judge/try.ts";
import type { Refusal } from "../model/evidence.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { Resolver } from "../resolve/resolver.ts";
import { followLicenseLinks } from "./license-links.ts";
import { LocationLook } from "./location-look.ts";
import type { TryContext } from "./try-context.ts";

/** Asks one location and looks at everything that it has: facts only, folded as they come. */
export async function tryLocation(
  piece: Piece,
  pointer: string,
  index: number,
  location: Location,
  matched: { readonly resolver: Resolver; readonly ref: Parameters<Resolver["resolve"]>[0] } | undefined,
  context: TryContext,
): Promise<Try> {
  const base: Try = { index, location, licenseSearch: { state: "not-done" } };
  if (matched === undefined) return base;
  const resolver = matched.resolver.id;
  const resolution = await matched.resolver.resolve(matched.ref, context.resolveContext);
  context.keeping?.location(piece, index, location, resolver, resolution);
  if (resolution.status === "refused") return { ...base, resolver, resolution };
  if (context.lists !== undefined) context.lists.authorize = resolution.authorize;
  const look = new LocationLook(piece, pointer, index, location, resolution, context);
  await look.run();
  // Half a look proves nothing of the piece.
  if (context.signal.aborted) return { ...base, resolver, resolution: interrupted };
  const result = look.result();
  const licenseLinks = await followLicenseLinks(result.files?.sightings ?? [], resolution, context.resolveContext);
  return { ...base, resolver, resolution: look.resolution, ...result, licenseLinks };
}

/** What is said of a location that the run had no time for. */
export const interrupted: Refusal = {
  status: "refused",
  kind: "unreachable",
  reason: "interrupted",
  message: "the run was stopped before this was told",
};
