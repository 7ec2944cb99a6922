import type { Location } from "../model/manifest.ts";
import { browserUrl, doiOf } from "./browser-url.ts";
import { type Selection, selectionOf } from "./selection.ts";

/** What an OSF location names. */
export type OsfRef = {
  /** Of a project, a registration, a file or a preprint: only the host knows which. */
  readonly guid: string;
  /** One file or folder by the host's own number. */
  readonly file?: string;
  /** Where the project keeps its files; OSF's own storage unless the page says otherwise. */
  readonly provider?: string;
  /** A version of a file, counted from 1. */
  readonly version?: number;
  readonly selection: Selection;
};

/** Five characters; those of preprints may carry a version. */
const guidPattern = /^[a-z0-9]{5}(?:_v\d{1,4})?$/i;
/** First parts of the site's own pages that could be a guid. */
const pagesOfSite: ReadonlySet<string> = new Set(["login", "about", "share", "oauth", "users"]);

/** Reads `osf:abcde`, the pages of osf.io, and OSF's DOIs. */
export function parseOsf(location: Location): OsfRef | undefined {
  const place = placeOf(location.uri);
  const selection = selectionOf(location);
  if (place === undefined || selection === undefined) return undefined;
  const revision = location.revision === undefined ? undefined : /^\d{1,9}$/.exec(location.revision)?.[0];
  // A revision that can be no version of a file is not guessed around.
  if (location.revision !== undefined && revision === undefined) return undefined;
  const version = place.version ?? (revision === undefined ? undefined : Number(revision));
  return { ...place, ...(version === undefined ? {} : { version }), selection };
}

type Place = Omit<OsfRef, "selection">;

function placeOf(uri: string): Place | undefined {
  const short = /^osf:([a-z0-9_]{5,12})$/i.exec(uri)?.[1];
  const doi = /^10\.\d{4,9}\/osf\.io\/([a-z0-9_]{5,12})$/i.exec(doiOf(uri) ?? "")?.[1];
  const guid = short ?? doi;
  if (guid !== undefined) return guidPattern.test(guid) ? { guid: guid.toLowerCase() } : undefined;
  const url = browserUrl(uri);
  return url?.host === "osf.io" ? pageOf(url.segments, url.query) : undefined;
}

function pageOf(segments: readonly string[], query: URLSearchParams): Place | undefined {
  const [first = "", second, third, fourth, ...more] = segments;
  if (first === "preprints") return more.length > 0 || fourth !== undefined ? undefined : guidOf(third ?? second);
  if (first === "download") return third === undefined ? versioned(guidOf(second), query) : undefined;
  const place = pagesOfSite.has(first.toLowerCase()) ? undefined : guidOf(first);
  if (place === undefined || more.length > 0) return undefined;
  if (second === undefined || (/^(?:overview|download)$/.test(second) && third === undefined)) {
    return versioned(place, query);
  }
  if (second !== "files") return undefined;
  if (third === undefined) return place;
  if (!/^[a-z0-9]{1,32}$/.test(third)) return undefined;
  if (fourth === undefined) return { ...place, provider: third };
  return /^[0-9a-f]{24}$/.test(fourth) ? versioned({ ...place, provider: third, file: fourth }, query) : undefined;
}

function guidOf(text: string | undefined): Place | undefined {
  return text !== undefined && guidPattern.test(text) ? { guid: text.toLowerCase() } : undefined;
}

/** `?revision=2`, and `?version=2` of downloads. */
function versioned(place: Place | undefined, query: URLSearchParams): Place | undefined {
  const version = query.get("revision") ?? query.get("version");
  if (place === undefined || version === null) return place;
  return /^\d{1,9}$/.test(version) ? { ...place, version: Number(version) } : undefined;
}
