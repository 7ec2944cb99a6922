import type { Location } from "../model/manifest.ts";
import { browserUrl, isPortable } from "./browser-url.ts";
import { type Selection, selectionOf } from "./selection.ts";

/** What a Dataverse location names. */
export type DataverseRef = {
  /** Of the installation; there are more than a hundred. */
  readonly host: string;
  /** `doi:10.x/y`, `hdl:...`, `perma:...`, or a file's number. */
  readonly id: string;
  /** The id is that of one file, not of a dataset. */
  readonly file?: true;
  /** `x.y`; without it, the newest that is published. */
  readonly version?: string;
  readonly selection: Selection;
};

/** A persistent identifier as Dataverse writes it. */
const persistentId = /^(?:doi|hdl|perma):[^\s?#\\]{3,300}$/i;
const versionText = /^\d{1,6}(?:\.\d{1,6})?$/;

/** Reads `dataverse:host/doi:...` and the pages of an installation. */
export function parseDataverse(location: Location): DataverseRef | undefined {
  const place = shortOf(location.uri) ?? pageOf(location.uri);
  const selection = selectionOf(location);
  if (place === undefined || selection === undefined || !isPortable(place.id)) return undefined;
  const version = place.version ?? location.revision;
  if (version !== undefined && !versionText.test(version)) return undefined;
  // A path inside one file has no meaning unless that file is an archive.
  if (place.file === true && selection.path !== "" && selection.members === undefined) return undefined;
  const { host, id, file } = place;
  return { host, id, ...(file === true ? { file } : {}), ...(version === undefined ? {} : { version }), selection };
}

type Place = Pick<DataverseRef, "host" | "id" | "file" | "version">;

function shortOf(uri: string): Place | undefined {
  const [, host, id = "", version] =
    /^dataverse:([a-z0-9.-]{1,253})\/([^\s?#]{1,300})(?:\?version=([\d.]{1,13}))?$/i.exec(uri) ?? [];
  if (host === undefined || !isHostName(host) || !persistentId.test(id)) return undefined;
  return { host: host.toLowerCase(), id, ...(version === undefined ? {} : { version }) };
}

/**
 * `/dataset.xhtml?persistentId=`, `/file.xhtml?persistentId=` or `?fileId=`, and `/citation?persistentId=`, where their
 * DOIs lead. No other software has these pages, so the host needs no list.
 */
function pageOf(uri: string): Place | undefined {
  const url = browserUrl(uri);
  const page = url?.segments.length === 1 ? url.segments[0] : undefined;
  if (url === undefined || page === undefined || !isHostName(url.host)) return undefined;
  const id = url.query.get("persistentId") ?? "";
  const number = url.query.get("fileId") ?? "";
  const version = url.query.get("version");
  // A draft is seen by its authors alone and changes under them.
  const pinned = version === null || version === "" ? {} : { version };
  const { host } = url;
  if (page === "file.xhtml" && /^\d{1,15}$/.test(number)) return { host, id: number, file: true, ...pinned };
  if (!persistentId.test(id)) return undefined;
  if (page === "file.xhtml") return { host, id, file: true, ...pinned };
  return page === "dataset.xhtml" || page === "citation" ? { host, id, ...pinned } : undefined;
}

function isHostName(host: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z0-9-]{2,62}$/i.test(host);
}
