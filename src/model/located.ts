/** Where bytes are, by their digests: what each place that was asked said. */
import type { DigestSet } from "./digest.ts";

/** A place that was asked. */
export interface LocatePlace {
  readonly kind: "store" | "archive" | "software-heritage";
  /** A folder, a file or an address. */
  readonly at: string;
  /** Why it could not tell, or not all. Foreign text. */
  readonly fault?: string | undefined;
}

/** `absent` is only said by a place that answered; `unknown` is what no answer could be had of. */
export type LocateStatus = "found" | "absent" | "unknown";

/** What one place said of one file. By its own word: nothing is read again. */
export interface LocateAnswer {
  /** Index into `places`. */
  readonly place: number;
  readonly status: LocateStatus;
  /** Where it lies there. */
  readonly at?: string | undefined;
  /** Why it could not be told, or what else is to be said. */
  readonly reason?: string | undefined;
}

/** What is looked for. */
export interface WantedFile {
  readonly digest: DigestSet;
  /** Bytes, as declared. */
  readonly size?: number | undefined;
  /** Of a manifest. */
  readonly piece?: string | undefined;
  readonly path?: string | undefined;
}

/** One file with every answer. */
export interface LocatedFile extends WantedFile {
  /** `nowhere` only where every place answered and none has it. */
  readonly status: "found" | "nowhere" | "unknown";
  readonly answers: readonly LocateAnswer[];
}

/** Where these bytes are. */
export interface Located {
  readonly schemaVersion: "1";
  readonly places: readonly LocatePlace[];
  /** In the order in which they were asked for or declared. */
  readonly files: readonly LocatedFile[];
  /** Declared files beyond those that are looked for at once. */
  readonly filesOmitted: number;
  /** Declared files without any digest: nothing can be looked for. */
  readonly filesUndeclared: number;
  /** Listings that could not be read, or are not the declared ones. */
  readonly unread: readonly { readonly piece: string; readonly detail: string }[];
  readonly summary: {
    readonly found: number;
    readonly nowhere: number;
    readonly unknown: number;
    /** 0 all are somewhere · 1 some are nowhere · 3 none is known to be nowhere, and not all could be told. */
    readonly exitCode: 0 | 1 | 3;
  };
}
