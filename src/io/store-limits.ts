/** The limits of the store, each with its unit. Those of a transfer into it are in `limits.ts`. */

/** Files that are made durable together at most before the next group begins: more only delays the first of them. */
export const GROUP_FILES = 1024;
/** Bytes of such a group. */
export const GROUP_BYTES = 64 * 1024 * 1024;
/** Milliseconds that a file waits for others which are on their way, when there are any. */
export const GROUP_MS = 5;
/** Milliseconds that a file waits for others when nobody waits for it: until then a power cut may take it. */
export const GROUP_PATIENT_MS = 1_000;
/** Files that may wait for their names: whoever brings more waits for the first of them. */
export const PENDING_FILES = 4 * GROUP_FILES;

/**
 * Files and folders from which the whole file system is flushed in one call instead of each of them. One flush costs a
 * process and what others have written meanwhile; one file costs a journal commit.
 */
export const FLUSH_ALL_FROM = 24;
/** Milliseconds after which such a flush is given up: what others write may be without end. */
export const FLUSH_ALL_TIMEOUT_MS = 60_000;
/** Files that are flushed side by side where they are flushed one by one: as many as there are threads for it. */
export const FLUSH_LANES = 4;

/** Milliseconds within which two changes of a folder may have the same time: the clocks of file systems are coarse. */
export const FOLDER_TICK_MS = 2_500;

/** Bytes up to which a file is written in one call on this thread: the detour over another one would cost more. */
export const WRITE_AT_ONCE_BYTES = 256 * 1024;

/** Milliseconds by which the clocks of a file system and of this machine may differ without harm. */
export const CLOCK_MARGIN_MS = 10_000;
/** Milliseconds between two signs of life of a process that uses the store. */
export const SESSION_BEAT_MS = 10 * 60 * 1000;
/** Bytes of blobs that a process has added before it tells the others of them again. */
export const SESSION_TOLD_BYTES = 1024 * 1024;

/** Milliseconds for which `gc` leaves a blob alone that no release names: whoever lost its run may run again. */
export const GC_GRACE_MS = 3600 * 1000;
/** Blobs of which the oldest ones are chosen at a time, to make room. */
export const EVICT_CANDIDATES = 65_536;
/** The part of `maxBytes` that is freed beyond what is needed, so that not every blob has to make room anew. */
export const EVICT_SLACK = 1 / 32;

/** Bytes of the last line of a release's list. */
export const ROOT_FOOTER_BYTES = 8 * 1024;
/** Bytes that are read of a list at a time. */
export const ROOT_READ_BYTES = 256 * 1024;
/** Characters of one part of a list that wait in memory before they are written. */
export const ROOT_WAITING_CHARACTERS = 16 * 1024;
