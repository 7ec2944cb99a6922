/** Something that a host tells of a location beside its files. Codes are for ever. */
export interface HostSign {
  readonly code: HostSignCode;
  /** The tag, the submodule's path, the version meant. Foreign text. */
  readonly at?: string;
  /** What exactly was told. Foreign text. */
  readonly detail: string;
}

export const hostSignCodes = [
  /** The host makes this archive anew on demand: the same content may have other bytes tomorrow. */
  "archive-unstable",
  /** The repository refers to another one whose files are not part of this location. */
  "submodule",
  /** The tag stands for something else now than the digest that is named beside it. */
  "tag-moved",
  /** The tag carries a signature. Nobody checked whose. */
  "tag-signed",
  /** The publisher or the host advises against it. */
  "deprecated",
  /** The publisher took this version back; it can still be had. */
  "yanked",
  /** The host knows it under another name now, and led there. */
  "renamed",
  /** The identifier stands for all versions; one of them was taken. */
  "version-chosen",
] as const;
export type HostSignCode = (typeof hostSignCodes)[number];
