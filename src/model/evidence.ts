/**
 * What the world answered, as plain data: the host's word (published) and our own reading (measured).
 * Facts only; whether they are good or bad is judge's business.
 */
import type { CardSeen } from "./described.ts";
import type { DigestAlgorithm, DigestSet } from "./digest.ts";
import type { HostSign } from "./host-sign.ts";
import type { Json } from "./json.ts";
import type { FileMode, Followed, RemoteObject } from "./object.ts";
import type { RecordAt } from "./records.ts";
import type { Refusal, RefusalReason } from "./refusal.ts";

export * from "./host-sign.ts";
export * from "./object.ts";
export * from "./refusal.ts";

/** How a location's host answered, before any payload was read. */
export interface Found {
  readonly status: "found";
  /** The immutable id that the location stands for now (a commit, a version), if the host has one. */
  readonly revision?: string;
  /** True when the location's declared revision is a name that moves (a tag, a branch), and no id to compare. */
  readonly revisionIsName?: boolean;
  /** True when the location as written can not change its meaning (a commit, a version, a digest). */
  readonly pinned: boolean;
  /** The licence that the host's metadata states, as written there. */
  readonly licensePublished?: string;
  /** There, but behind a login or terms. */
  readonly gated?: "auto" | "manual" | "paid" | "unknown";
  /** True when the location names one object, whatever it is called, and not a folder of them. */
  readonly single?: boolean;
  /** Every object, in pages; absent where the host cannot list. */
  readonly objects?: AsyncIterable<RemoteObject | Refusal>;
  /** The paths of `objects` alone, many at a time, where that costs less. Opened anew by each reader. */
  readonly paths?: AsyncIterable<readonly string[]>;
  /** Where a declared path would be. No I/O. Absent where only a listing can tell. */
  readonly objectAt?: (path: string) => RemoteObject | Refusal;
  /**
   * What listed links lead to inside what the host lists, asked for those that are declared as files. Absent where
   * links are followed when they are read, or where there are none.
   */
  readonly follow?: (paths: readonly string[]) => Promise<readonly Followed[]>;
  /** Where an archive keeps the licence files that lay beside the location; else the usual names are asked for. */
  readonly beside?: readonly RemoteObject[];
  /** Present when `objectAt` names the files of a local folder: that folder and the one that must not be left, as URLs without a `/` at the end. */
  readonly folder?: { readonly url: string; readonly within: string };
  /**
   * True when the files are the members of several archives taken together (the layers of an OCI artifact), beside
   * objects that are files themselves.
   */
  readonly layered?: true;
  /** What the host's own words say that a reader should know; what it means is judged elsewhere. */
  readonly signs?: readonly HostSign[];
  /** Facts of the host's own vocabulary that a report may show. */
  readonly facts?: { readonly [name: string]: Json };
  /** How the answer was had. */
  readonly exchange?: Exchange;
}

export type Resolution = Found | Refusal;

/** One request as it went: every hop that was followed and every try that failed before it. */
export interface Exchange {
  readonly url: string;
  readonly finalUrl: string;
  readonly httpStatus?: number;
  /** Redirect targets in order, `url` excluded. */
  readonly hops: readonly { readonly url: string; readonly httpStatus: number }[];
  readonly attempts: readonly { readonly reason: RefusalReason; readonly message: string; readonly atByte?: number }[];
  readonly etag?: string;
  readonly lastModified?: string;
  readonly mediaType?: string;
  /** The length that the final answer announced, in bytes. */
  readonly contentLength?: number;
  /** Bytes that an earlier run had fetched and that were hashed again here. */
  readonly resumedAt?: number;
}

/** A payload that was read to its end. */
export interface Transfer {
  readonly status: "read";
  /** Bytes of payload. */
  readonly size: number;
  readonly digest: DigestSet;
  /** False when nothing but the end of the connection said where the body ends. */
  readonly lengthProven: boolean;
  readonly mode?: FileMode;
  readonly exchange?: Exchange;
  /** Where the bytes are kept, when a store was asked for. */
  readonly storedAs?: string;
}

/** What one look at one object saw. Depth `probe` has `probed` and no `transfer`. */
export interface Evidence {
  readonly piece: string;
  /** Index into the piece's locations. */
  readonly location: number;
  /** As declared: relative to the location. */
  readonly path: string;
  /** The archive that holds it, when it is a member. */
  readonly containedIn?: string;
  readonly published?: Pick<RemoteObject, "size" | "digest" | "mediaType">;
  readonly probed?: { readonly size?: number; readonly exchange?: Exchange };
  readonly transfer?: Transfer;
  readonly refusal?: Refusal;
  readonly inspection?: Inspection;
  readonly licenses?: readonly LicenseSighting[];
  /** What a card or another description says beside the licence. */
  readonly card?: CardSeen;
  /** Present when it is about one row of the list of addresses at `path`. */
  readonly record?: RecordAt;
}

/** What the bytes are. */
export interface Inspection {
  /** Format id by content (`tar`, `gzip`, `zip`, `safetensors`, `html`, ...); absent when nothing known matches. */
  readonly format?: string;
  readonly hazards: readonly Hazard[];
  /** True when every member was listed to the archive's end. */
  readonly membersComplete?: boolean;
  readonly memberCount?: number;
  readonly facts?: { readonly [name: string]: Json };
}

/** Something about the bytes that their reader should know. Codes are for ever. */
export interface Hazard {
  readonly code: HazardCode;
  /** The member or the place, where there is one. Foreign text. */
  readonly at?: string;
  readonly detail: string;
}

export const hazardCodes = [
  "lfs-pointer",
  "html-page",
  "login-page",
  "error-body",
  "empty-file",
  "format-unexpected",
  "archive-truncated",
  "archive-corrupt",
  "archive-ambiguous",
  "archive-unsafe",
  "archive-trailing",
  "archive-limit",
  "archive-encrypted",
  "archive-unsupported",
  "file-truncated",
  "file-corrupt",
] as const;
export type HazardCode = (typeof hazardCodes)[number];

/** What a place that speaks about the licence turned out to be, from the best down. Only `exact` supports a claim. */
export const licenseVerdicts = [
  /** The licence, word for word; what may vary is bounded. */
  "exact",
  /** The licence is in there whole, and something that is no term stands before, between or after. */
  "exact-with-additions",
  /** A clause was added, removed or changed. */
  "modified",
  /** It resembles the licence; no difference was found that must matter. */
  "near",
  /** More than one licence in one file. */
  "several",
  /** A notice that points at a licence, without its text. */
  "notice-only",
  "unknown",
] as const;

/** What a place that speaks about the licence turned out to be. */
export type LicenseVerdict = (typeof licenseVerdicts)[number];

/** One place where a text and the licence part. Cut to a bounded length; `added` is foreign text. */
export interface LicenseHunk {
  /** 1-based, in the text. */
  readonly line: number;
  /** Words of the licence that the text lacks there, in small letters and without punctuation. */
  readonly removed: string;
  /** What the text has instead. */
  readonly added: string;
  /** True when it can change what may be done. */
  readonly material: boolean;
}

/** Something beside the licence that is no part of it. Cut to a bounded length; foreign text. */
export interface LicenseAddition {
  readonly line: number;
  readonly where: "before" | "between" | "after";
  readonly text: string;
}

/** What recognition says of a text, or of one part of it. */
export interface LicenseReading {
  /** SPDX expression: of an exact text, of one with additions, or what a notice points at. */
  readonly expression?: string;
  /** Further expressions that the same words support as well: a bare GPL text is `-only` and `-or-later`. */
  readonly also?: readonly string[];
  /** Only `exact` supports a claim. */
  readonly verdict: LicenseVerdict;
  /** For `near` and `modified`: the licence it resembles and how much, 0 to 1. */
  readonly resembles?: string;
  readonly score?: number;
  /**
   * What `resembles` or `expression` rests on: a comparison with the licence's words, key phrases of a licence whose
   * words are not known here, or a reference by name. Absent: the words.
   */
  readonly basis?: "fingerprint" | "reference";
  /** The first places where the text and the licence part. */
  readonly difference?: readonly LicenseHunk[];
  /** The first things that stand beside the licence. */
  readonly additions?: readonly LicenseAddition[];
}

/** One licence of a file that holds several, or one notice of a file that holds no text. */
export interface LicensePart extends LicenseReading {
  /** 1-based, both included. */
  readonly line: number;
  readonly lineEnd: number;
}

/** What can speak about a licence, or belong to it. */
export const licenseSources = [
  /** A licence text. */
  "text",
  /** A field of a package file. */
  "metadata",
  /** The front matter of a model or dataset card. */
  "card",
  /** An SPDX-License-Identifier. */
  "tag",
  /** A sentence of a README: weak, and no support for a claim. */
  "prose",
  /** A use policy beside the licence. */
  "policy",
  /** Notices that are to be passed on. */
  "notice",
] as const;
export type LicenseSource = (typeof licenseSources)[number];

/** One place that speaks about the licence. */
export interface LicenseSighting extends LicenseReading {
  readonly source: LicenseSource;
  readonly path: string;
  /** 1-based. */
  readonly line?: number;
  /** The first parts of a file that holds more than one licence or notice. */
  readonly parts?: readonly LicensePart[];
  /** As written there, for fields, tags and prose. Foreign text. */
  readonly raw?: string;
  /** Where a card says that its licence stands: a path beside it or an address. Foreign text. */
  readonly link?: string;
}

export type Depth = "probe" | "full";

/** A bounded group of objects of one piece at one location, as plain JSON: what a thread or a machine can do alone. */
export interface Batch {
  readonly piece: string;
  readonly location: number;
  readonly depth: Depth;
  readonly objects: readonly BatchObject[];
}

export interface BatchObject extends RemoteObject {
  /** What to measure: the algorithms that somebody declared or published. */
  readonly algorithms: readonly DigestAlgorithm[];
  /** The digests a kept copy must have, and the size that caps the transfer. */
  readonly expect?: { readonly size?: number; readonly digest?: DigestSet };
  /** The bytes may hold licence information and are small enough to read for it. */
  readonly licenseSource?: boolean;
  /** A text that may describe data, whatever it is called. */
  readonly cardSource?: boolean;
  /** Read an archive to its end although nobody declared its members. */
  readonly deep?: boolean;
  /** Source code may say its licence in its first lines. */
  readonly tagSource?: boolean;
  /** What to measure of each member, where `members` is present. */
  readonly memberAlgorithms?: readonly DigestAlgorithm[];
  /** A path of this machine where the bytes are kept as they are measured: whoever reads them again reads the same ones. */
  readonly copyTo?: string;
}
