/** What one archive may ask of us before we stop reading it. */
export interface MemberLimits {
  /** Members of one archive. */
  readonly maxMembers: number;
  /** Bytes that all members together may unpack to. */
  readonly maxTotalBytes: number;
  /** Unpacked bytes for each packed byte. */
  readonly maxRatio: number;
  /** Unpacked bytes up to which the ratio is not asked: small archives of zeros are ordinary. */
  readonly ratioGraceBytes: number;
  /** Bytes of a whole member path, and of one segment of it. */
  readonly maxPathBytes: number;
  readonly maxSegmentBytes: number;
  /** Folders above a member. */
  readonly maxDepth: number;
  /** Bytes of one extended header. */
  readonly maxMetaBytes: number;
  /** Gzip streams that follow one another in one file. */
  readonly maxGzipStreams: number;
  /** Bytes of a zip's central directory, which is held in memory. */
  readonly maxDirectoryBytes: number;
}

const kib = 1024;
const mib = 1024 * kib;
const gib = 1024 * mib;

export const defaultMemberLimits: MemberLimits = {
  maxMembers: 1_000_000,
  maxTotalBytes: 100 * gib,
  maxRatio: 1000,
  ratioGraceBytes: 64 * mib,
  maxPathBytes: 4096,
  maxSegmentBytes: 255,
  maxDepth: 64,
  maxMetaBytes: mib,
  maxGzipStreams: 1_000_000,
  maxDirectoryBytes: 128 * mib,
};

/** Bytes of a file's beginning that are kept to tell what it is. */
export const headBytes = 64 * kib;
/** The most that is kept of a beginning when a format's header asks for more. */
export const maxHeadBytes = 16 * mib;
/** Hazards of one code that are told one by one. */
export const maxHazardsPerCode = 20;
/** Characters of foreign text in one hazard. */
export const maxHazardText = 300;
