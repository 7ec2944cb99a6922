import type { Found, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Location } from "../model/manifest.ts";
import { redactLocation, redactUrl } from "../model/redact.ts";
import { findResolver, supportedSyntax } from "../resolve/registry.ts";
import { createRun } from "./context.ts";
import type { VerifyOptions } from "./options.ts";

/** What one location resolves to: the host's word, nothing measured. */
export interface ResolvedLocation {
  readonly location: Location;
  /** Absent where no resolver reads such a location. */
  readonly resolver?: string;
  /** `not-asked`: its files are asked for by name, and there was none to ask for. */
  readonly status: "found" | "refused" | "unsupported" | "not-asked";
  readonly refusal?: Refusal;
  /** The forms of locations that are known, where this is none of them. */
  readonly supported?: readonly string[];
  readonly found?: Omit<Found, "status" | "objects" | "objectAt" | "paths" | "folder" | "follow">;
  /** False where the host can not list its files: they are asked for by name. */
  readonly listable: boolean;
  /** The first files, as the host lists them. */
  readonly files: readonly (RemoteObject | Refusal)[];
  /** True when there are more than `files`; how many nobody asked. */
  readonly more: boolean;
}

/** How a location is asked for; see `VerifyOptions` for what is not said here. */
export interface ResolveOptions
  extends Omit<VerifyOptions, "depth" | "pieces" | "store" | "keepBad" | "policy" | "events" | "onEvidence" | "now"> {
  /** Files that are listed at most; the host is not asked for more. Default 100. */
  readonly limit?: number;
}

/** Files that are listed unless more are asked for. */
export const FILES_DEFAULT = 100;

/** Asks one location's host what is there: pin, gate, licence, files. Reads no payload. */
export async function resolveLocation(location: Location, options: ResolveOptions = {}): Promise<ResolvedLocation> {
  const matched = await findResolver(location);
  const shown = { ...location, uri: redactLocation(location.uri) };
  const none = { location: shown, listable: false, files: [], more: false } as const;
  if (matched === undefined) return { ...none, status: "unsupported", supported: supportedSyntax(location.uri) };
  const { resolver, ref } = matched;
  const run = createRun(options.cwd === undefined ? {} : { folder: options.cwd }, { ...options, depth: "probe" });
  try {
    const resolution = await resolver.resolve(ref, run.resolveContext);
    if (resolution.status === "refused") {
      return { ...none, resolver: resolver.id, status: "refused", refusal: resolution };
    }
    const { status: _found, objects, authorize: _secret, ...rest } = resolution;
    const { objectAt: _at, paths: _paths, folder: _folder, follow: _follow, ...found } = rest;
    const { files, more } = await first(objects, options.limit ?? FILES_DEFAULT);
    const listable = objects !== undefined;
    const status = listable || found.exchange !== undefined ? "found" : "not-asked";
    return { location: shown, resolver: resolver.id, status, found, listable, files, more };
  } finally {
    await run.close();
  }
}

async function first(
  objects: Found["objects"],
  limit: number,
): Promise<{ readonly files: (RemoteObject | Refusal)[]; readonly more: boolean }> {
  const files: (RemoteObject | Refusal)[] = [];
  for await (const object of objects ?? []) {
    if (files.length >= limit) return { files, more: true };
    // An address may let in whoever has it.
    files.push("reason" in object ? object : { ...object, url: redactUrl(object.url) });
  }
  return { files, more: false };
}
