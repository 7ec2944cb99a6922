/** Bytes in one group, as far as sizes are known. */
export const GROUP_BYTES = 32 * 1024 * 1024;
/** Groups of each length, before the next ones may be twice as long: until it is known how large files are. */
const GROUPS_OF_EACH_LENGTH = 4;
/** Files after which it is known. */
const LEARNT_AFTER = 4;

/**
 * Cuts what is to be looked at into groups: long enough to pay for the hand-over to a thread, short enough to share
 * out evenly. Where nobody told sizes, the first groups are short and the files in them tell.
 */
export class Grouping {
  readonly #most: number;
  #closed = 0;
  #files = 0;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** So many files had so many bytes in all. */
  learn(files: number, bytes: number): void {
    this.#files += files;
    this.#bytes += bytes;
  }

  /** Bytes that a file is taken to have whose size nobody told. */
  get usualBytes(): number {
    return this.#files === 0 ? 0 : this.#bytes / this.#files;
  }

  /** True when a group is long enough; `unknown` of its files have no size that somebody told. */
  isFull(files: number, bytes: number, unknown: number): boolean {
    if (files >= this.#most || bytes >= GROUP_BYTES) return true;
    const isGuess = unknown > 0 && this.#files < LEARNT_AFTER;
    return isGuess && files >= 2 ** Math.floor(this.#closed / GROUPS_OF_EACH_LENGTH);
  }

  /** A group goes off. */
  close(): void {
    this.#closed += 1;
  }

  /** All items in groups, in order. */
  cut<T>(items: readonly T[], sizeOf: (item: T) => number | undefined): T[][] {
    const groups: T[][] = [];
    let group: T[] = [];
    let bytes = 0;
    let unknown = 0;
    for (const item of items) {
      const size = sizeOf(item);
      const weight = size ?? this.usualBytes;
      if (group.length > 0 && (bytes + weight > GROUP_BYTES || this.isFull(group.length, bytes, unknown))) {
        groups.push(group);
        this.close();
        group = [];
        bytes = 0;
        unknown = 0;
      }
      group.push(item);
      bytes += weight;
      if (size === undefined) unknown += 1;
    }
    if (group.length > 0) {
      groups.push(group);
      this.close();
    }
    return groups;
  }
}
