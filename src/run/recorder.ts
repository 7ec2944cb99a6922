/** Writes down what a run sees, on disk and in a fixed order, so that an archive can be made of it. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createLineSort, type LineSort } from "../archive/bag-sort.ts";
import type { PayloadFile } from "../archive/contents.ts";
import type { ArchivedListing, ArchivedLocation, ArchivedObject } from "../model/archived.ts";
import { compareBytes } from "../model/byte-order.ts";
import type { Evidence, Refusal, RemoteObject, Resolution } from "../model/evidence.ts";
import type { Piece } from "../model/manifest.ts";
import { pathFault } from "../model/path.ts";
import { redactUrl } from "../model/redact.ts";
import type { Keeping, SeenObject } from "./keeping.ts";

/** Entries of one location that a listing could not tell and that are written down. */
const UNLISTED_MAX = 1_000;
/** Where paths go that no folder can take. */
const UNNAMED = ".unnamed";

/** What was recorded of one run. */
export interface Recorder {
  readonly keeping: Keeping;
  readonly take: (evidence: Evidence) => void;
  /** Everything was seen: the lines of `resolutions.jsonl` and `evidence.jsonl`, once each. */
  resolutions(): Iterable<string>;
  evidence(): Iterable<string>;
  /** The kept files as `resolutions()` names them; to be written down while that is read. */
  payloadOf(line: ArchivedObject): Omit<PayloadFile, "from"> | undefined;
  readonly listings: readonly { readonly piece: string; readonly file: string }[];
}

/** Opens a recorder that writes below an empty folder. */
export function createRecorder(folder: string): Recorder {
  const objects = createLineSort(folder, "objects");
  const seen = createLineSort(folder, "evidence");
  const locations: ArchivedLocation[] = [];
  const listings: ArchivedListing[] = [];
  const listingFiles: { piece: string; file: string }[] = [];
  const chosen = new Map<string, number>();
  const hasKept = new Map<string, number>();
  const unlisted = new Map<string, number>();
  const order = new Map<string, number>();

  const keeping: Keeping = {
    location(piece, index, _location, resolver, resolution) {
      order.set(piece.id, order.size);
      const said = plain(resolution);
      locations.push({ type: "location", piece: piece.id, location: index, resolver, resolution: said, kept: false });
    },
    object(one) {
      if (one.evidence?.transfer?.storedAs !== undefined) {
        const first = hasKept.get(one.piece.id);
        if (first === undefined || one.location < first) hasKept.set(one.piece.id, one.location);
      }
      const line = recorded(one);
      // In the order of the payload, where it is part of it: a path that no folder can take lies under another name.
      add(objects, line.kept?.slice("data/".length) ?? `${one.piece.id}/${one.path}`, line);
    },
    unlisted(piece, location, refusal) {
      const key = `${piece.id} ${location}`;
      const count = unlisted.get(key) ?? 0;
      unlisted.set(key, count + 1);
      if (count >= UNLISTED_MAX) return;
      const line: ArchivedObject = { type: "object", piece: piece.id, location, role: "file", path: "", refusal };
      add(objects, `${piece.id}/`, { ...line, sha512: undefined });
    },
    async listing(piece, local) {
      if (!("path" in local)) {
        listings.push({ type: "listing", piece: piece.id, reason: local.reason, detail: local.detail });
        return;
      }
      const copies = join(folder, "listings");
      mkdirSync(copies, { recursive: true });
      const file = join(copies, piece.id);
      copyFileSync(local.path, file);
      listings.push({ type: "listing", piece: piece.id, kept: `wholesource/listings/${piece.id}` });
      listingFiles.push({ piece: piece.id, file });
    },
    judged(piece: Piece, location) {
      const rests = location ?? hasKept.get(piece.id);
      if (rests !== undefined) chosen.set(piece.id, rests);
    },
  };
  /** Digests of kept files that a line of the archive does not repeat. */
  let last: { readonly line: ArchivedObject; readonly sha512: string; readonly size: number } | undefined;
  return {
    keeping,
    take: (evidence) => add(seen, [evidence.piece, evidence.path, evidence.containedIn ?? ""].join("/"), evidence),
    listings: listingFiles,
    *resolutions() {
      for (const line of locations.sort(byPlace)) {
        yield JSON.stringify({ ...line, kept: chosen.get(line.piece) === line.location });
      }
      for (const line of listings.sort((a, b) => compareBytes(a.piece, b.piece))) yield JSON.stringify(line);
      let before = "";
      for (const text of objects.sorted()) {
        const { sha512, read, ...line }: Written = JSON.parse(text.slice(text.indexOf("\t") + 1));
        if (chosen.get(line.piece) !== line.location) continue;
        // The licence beside a file may be declared as well: the same bytes are kept once.
        const again = line.kept !== undefined && line.kept === before;
        if (line.kept !== undefined) before = line.kept;
        last = sha512 === undefined || again ? undefined : { line, sha512, size: read ?? 0 };
        yield JSON.stringify(line);
      }
    },
    evidence: () => values(seen),
    payloadOf(line) {
      const { kept, sha256, piece, url, mediaType } = line;
      if (last === undefined || kept === undefined || sha256 === undefined) return undefined;
      return {
        piece,
        path: kept.slice(`data/${piece}/`.length),
        size: last.size,
        digest: { sha256, sha512: last.sha512 },
        ...(url === undefined ? {} : { url }),
        ...(mediaType === undefined ? {} : { mediaType }),
      };
    },
  };
}

/** A line with what only the archive's own manifests need. */
type Written = ArchivedObject & { readonly sha512?: string | undefined; readonly read?: number | undefined };

function* values(sort: LineSort): Generator<string, void, void> {
  for (const text of sort.sorted()) yield text.slice(text.indexOf("\t") + 1);
}

function add(sort: LineSort, key: string, value: unknown): void {
  sort.add(`${inByteOrder(key)}\t${JSON.stringify(value)}`);
}

/** A text whose order as UTF-16 is that of the key as bytes of UTF-8, without what ends it: foreign names may hold anything. */
function inByteOrder(key: string): string {
  const bytes = Buffer.from(key).toString("latin1");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return bytes.replace(/[\0-\x10]/g, (low) => `\x10${String.fromCharCode(0x40 + low.charCodeAt(0))}`);
}

const byPlace = (a: ArchivedLocation, b: ArchivedLocation): number =>
  compareBytes(a.piece, b.piece) || a.location - b.location;

/** A resolution without its functions. */
function plain(resolution: Resolution): ArchivedLocation["resolution"] {
  if (resolution.status === "refused") return resolution;
  const { status, revision, revisionIsName, pinned, licensePublished, gated, single, layered, signs, facts, exchange } =
    resolution;
  const all = { revision, revisionIsName, licensePublished, gated, single, layered, signs, facts, exchange };
  return { status, pinned, ...JSON.parse(JSON.stringify(all)) };
}

function recorded({ piece, location, role, object, meant, path, evidence }: SeenObject): Written {
  const base = { type: "object" as const, piece: piece.id, location, role };
  if ("status" in object) return { ...base, path, refusal: object };
  const { size, digest, mediaType, mode, treeBlob, members } = object;
  const { transfer, refusal } = evidence ?? {};
  const sha256 = transfer?.storedAs;
  const kept = sha256 === undefined ? undefined : `data/${piece.id}/${keptPath(path, sha256)}`;
  const linked = meant === undefined ? undefined : linkOf(meant);
  // A link in a local folder that was read is the file that it leads to.
  const isFollowed = mode === "120000" && linked === undefined && object.listed !== true && kept !== undefined;
  const shown = isFollowed ? (transfer?.mode ?? "100644") : (mode ?? transfer?.mode);
  const more = {
    url: hostUrl(object.url),
    size,
    digest,
    mediaType,
    etag: (transfer?.exchange ?? evidence?.probed?.exchange)?.etag,
    lastModified: (transfer?.exchange ?? evidence?.probed?.exchange)?.lastModified,
    mode: shown,
    treeBlob,
    members,
    refusal: refusal ?? object.refusal,
    kept,
    sha256,
    sha512: transfer?.digest.sha512,
    read: transfer?.size,
    linked,
  };
  return { ...base, path: object.path, ...JSON.parse(JSON.stringify(more)) };
}

function linkOf(meant: RemoteObject | Refusal): NonNullable<ArchivedObject["linked"]> {
  if ("status" in meant) return { refusal: meant };
  const { mode, url, size, digest, mediaType } = meant;
  return JSON.parse(JSON.stringify({ mode, url: hostUrl(url), size, digest, mediaType }));
}

/** What is read on this machine has no address that anybody else could use. */
const hostUrl = (url: string): string | undefined => (url.startsWith("file:") ? undefined : redactUrl(url));

function keptPath(path: string, sha256: string): string {
  return pathFault(path) === undefined ? path : `${UNNAMED}/${sha256}`;
}
