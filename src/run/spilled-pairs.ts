import type { DeclaredFile } from "../judge/file.ts";
import type { Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { type Pair, pairListed, UNDECLARED_FROM, type Waiting } from "./pair.ts";
import { createHeapOf, createSpill, heaps, type Spill } from "./spill.ts";

/** Declared files of a listing that are held in memory; more of them wait on disk. */
const HELD_MAX = 100_000;

/** What is written of a declared file: all of a listing point at the same place. */
interface Line {
  readonly index: number;
  readonly entry: DeclaredFile["entry"];
  readonly held?: true;
}

/**
 * Joins a listing of any length with a host that can only list: in memory while it is short, on disk when it is long.
 * Memory holds one heap of the listing at a time, whatever the two lengths are.
 */
export class ListingJoin {
  readonly #scratch: () => Promise<string>;
  readonly #heapOf = createHeapOf();
  readonly #max: number;
  #held: Waiting[] = [];
  #pointer = "";
  #folder = "";
  #spill: Spill<Line> | undefined;

  constructor(scratch: () => Promise<string>, max: number = HELD_MAX) {
    this.#scratch = scratch;
    this.#max = max;
  }

  async add(waiting: readonly Waiting[]): Promise<void> {
    if (this.#spill === undefined) {
      for (const one of waiting) this.#held.push(one);
      if (this.#held.length <= this.#max) return;
      this.#folder = await this.#scratch();
      this.#spill = createSpill<Line>(this.#folder, "declared", this.#heapOf);
      this.#write(this.#spill, this.#held);
      this.#held = [];
    } else this.#write(this.#spill, waiting);
  }

  #write(spill: Spill<Line>, waiting: readonly Waiting[]): void {
    for (const { index, file } of waiting) {
      this.#pointer = file.pointer;
      const held = file.held === true ? { held: true as const } : {};
      spill.add(file.entry.path, { index, entry: file.entry, ...held });
    }
  }

  /** The pairs, in no order that matters. `isDeclared` may say yes for a path that is not, never no for one that is. */
  async *pairs(found: Found, isDeclared: (path: string) => boolean): AsyncGenerator<Pair[]> {
    if (this.#spill === undefined) {
      yield* pairListed(this.#held, found);
      return;
    }
    const objects = createSpill<RemoteObject>(this.#folder, "listed", this.#heapOf);
    let refusal: Refusal | undefined;
    let undeclared = UNDECLARED_FROM;
    for await (const object of found.objects ?? []) {
      if ("status" in object) refusal ??= object;
      else if (isDeclared(object.path)) objects.add(object.path, object);
      else yield [{ index: undeclared++, object, role: "file" }];
    }
    for (const heap of heaps) {
      const waiting: Waiting[] = [];
      for await (const { index, entry, held } of this.#spill.heap(heap)) {
        waiting.push({ index, file: { entry, pointer: this.#pointer, ...(held === true ? { held } : {}) } });
      }
      const listed = { ...found, objects: withRefusal(objects.heap(heap), refusal) };
      for await (const pairs of pairListed(waiting, listed)) {
        yield pairs.map((pair) => (pair.declared === undefined ? { ...pair, index: undeclared++ } : pair));
      }
    }
  }
}

/** A listing that broke off broke off for every heap: what it has not named can not be called missing. */
async function* withRefusal(
  objects: AsyncIterable<RemoteObject>,
  refusal: Refusal | undefined,
): AsyncGenerator<RemoteObject | Refusal> {
  yield* objects;
  if (refusal !== undefined) yield refusal;
}
