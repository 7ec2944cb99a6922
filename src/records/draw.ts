/**
 * Which rows a seed draws. Each row has a rank: 64 bits that Threefry-2x32 with 20 rounds (Random123) makes from the
 * seed and the row's place. The rows with the smallest ranks are drawn: a sample without replacement that does not
 * depend on the order or the pieces in which the rows come, and that anybody can draw again.
 */

/** The most rows that are drawn: each is held in memory. */
export const DRAW_MAX = 100_000;
/** The largest seed: whole numbers beyond are not exact. */
export const SEED_MAX = Number.MAX_SAFE_INTEGER;
/** Rows of one list; a row's number has 32 bits. */
export const ROWS_MAX = 2 ** 32;

const WORD = 2 ** 32;
/** The constant of the Threefish key schedule. */
const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const ROUNDS = 20;
const ROUNDS_BETWEEN_KEYS = 4;

/** Threefry-2x32 with 20 rounds: writes the two words that key and counter make. */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, to: Uint32Array): void {
  const key2 = PARITY ^ key0 ^ key1;
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  for (let round = 0; round < ROUNDS; round++) {
    a = (a + b) | 0;
    const turn = ROTATIONS[round & 7] ?? 0;
    b = ((b << turn) | (b >>> (32 - turn))) ^ a;
    if ((round + 1) % ROUNDS_BETWEEN_KEYS !== 0) continue;
    const turnOfKeys = (round + 1) / ROUNDS_BETWEEN_KEYS;
    const which = turnOfKeys % 3;
    a = (a + (which === 0 ? key0 : which === 1 ? key1 : key2)) | 0;
    b = (b + (which === 0 ? key1 : which === 1 ? key2 : key0) + turnOfKeys) | 0;
  }
  to[0] = a;
  to[1] = b;
}

/** A drawn row. */
export interface Drawn<Value> {
  /** The list's place among the lists. */
  readonly list: number;
  readonly row: number;
  readonly value: Value;
}

/** Draws rows that are offered one after the other. */
export interface Draw<Value> {
  /** Whether this row is drawn as things stand. Ask once for each row, then `take` it at once or never. */
  wants(list: number, row: number): boolean;
  /** Takes the row that was asked for last. */
  take(value: Value): void;
  /** The drawn rows, in the order of the lists. */
  finish(): readonly Drawn<Value>[];
}

interface Ranked<Value> extends Drawn<Value> {
  readonly high: number;
  readonly low: number;
}

/** Draws `size` rows with this seed; all of them where there are fewer. */
export function createDraw<Value>(size: number, seed: number): Draw<Value> {
  const key0 = Math.floor(seed / WORD);
  const key1 = seed % WORD;
  const rank = new Uint32Array(2);
  const kept: Ranked<Value>[] = [];
  let worst: Ranked<Value> | undefined;
  let at = { list: 0, row: 0 };

  /** Sorting only when the list is twice too long keeps the cost of one row constant on average. */
  const cut = (): void => {
    if (kept.length <= size) return;
    kept.sort(byRank);
    kept.length = size;
    worst = kept.at(-1);
  };

  return {
    wants(list, row) {
      at = { list, row };
      threefry(key0, key1, list, row, rank);
      if (worst === undefined) return size > 0;
      const high = rank[0] ?? 0;
      return high < worst.high || (high === worst.high && (rank[1] ?? 0) <= worst.low);
    },
    take(value) {
      kept.push({ ...at, high: rank[0] ?? 0, low: rank[1] ?? 0, value });
      if (kept.length >= 2 * size) cut();
    },
    finish() {
      cut();
      return kept
        .sort((first, second) => first.list - second.list || first.row - second.row)
        .map(({ list, row, value }) => ({ list, row, value }));
    },
  };
}

function byRank(first: Ranked<unknown>, second: Ranked<unknown>): number {
  return first.high - second.high || first.low - second.low || first.list - second.list || first.row - second.row;
}
