import type { DigestSet } from "./digest.ts";
import type { Refusal } from "./refusal.ts";

/** One downloadable object behind a location: the host's word. */
export interface RemoteObject {
  /** Relative to the location, `/` separated. */
  readonly path: string;
  /** `https:`, `http:` or `file:`. */
  readonly url: string;
  readonly size?: number;
  readonly digest?: DigestSet;
  readonly mediaType?: string;
  /** Of a `file:` object that may be a link: the folder, as a URL, that the opened file must lie in when it is followed. */
  readonly within?: string;
  /** The operator's own configuration names its origin, not the manifest: it may be at any address. */
  readonly operatorEndpoint?: boolean;
  /** Present when what the piece means are the members of this archive. `strip` leading path segments are dropped. */
  readonly members?: {
    readonly strip: number;
    readonly prefix?: string;
    /** Of an image's layer: a member `.wh.name` takes `name` of the archives before it away (OCI image layers). */
    readonly whiteouts?: true;
  };
  /** Git file mode, where the host tells it. */
  readonly mode?: FileMode;
  /**
   * The blob that stands for it in its git tree, where that is not what is read: the pointer to a large file, the text of
   * a link. 40 hex digits.
   */
  readonly treeBlob?: string;
  /** The host keeps the bytes as they were uploaded, and a Content-Encoding is a word about them: they are not decoded. */
  readonly encodedAtRest?: true;
  /** The host told of this very object already (a listing of its own): depth `probe` has nothing left to ask. */
  readonly listed?: true;
  /** Its bytes were kept and lie here: size, digest and media type are still its host's word. */
  readonly archived?: true;
  /** The host names it and said beforehand that it can not be had (an LFS object over its quota): it is not asked for. */
  readonly refusal?: Refusal;
}

/** What a link stands for: the file that it leads to, why there is none, or undefined where that can not be told. */
export type Followed = Omit<RemoteObject, "path"> | Refusal | undefined;

export type FileMode = "100644" | "100755" | "120000";
