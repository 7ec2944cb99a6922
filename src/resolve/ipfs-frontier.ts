import type { CID } from "multiformats/cid";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { Block, Gateway } from "./ipfs-blocks.ts";

/** Blocks that are asked for before it is their turn: what a gateway answers at a time. */
const blocksAhead = 8;
/** Blocks that wait for their turn at most, those of folders and files further up with them: 4 MiB each. */
const blocksHeld = 16;
/** Links that wait for their turn at most: those of all folders and nodes on the way down. */
const linksMax = 1_000_000;

/** Something whose block is wanted in its turn. */
interface Waiting<Item> {
  readonly item: Item;
  block?: Promise<Block | Refusal>;
}

/**
 * Walks a graph of blocks depth first, in the order of its links. Blocks are asked for ahead of their turn, a bounded
 * number of them; no more is kept than the links that are still to be followed.
 */
export class Frontier<Item extends { readonly cid: CID }> {
  readonly #gateway: Gateway;
  readonly #isWanted: (item: Item) => boolean;
  /** The next one is the last. */
  readonly #waiting: Waiting<Item>[] = [];
  #held = 0;

  /** `isWanted` says for which items the block is needed. */
  constructor(gateway: Gateway, isWanted: (item: Item) => boolean = () => true) {
    this.#gateway = gateway;
    this.#isWanted = isWanted;
  }

  /** Puts these before all that waits, the first of them next. */
  push(items: readonly Item[]): Refusal | undefined {
    if (this.#waiting.length + items.length > linksMax) {
      return refuse("too-large", `more than \`${linksMax}\` links are to be followed at a time`);
    }
    for (let index = items.length - 1; index >= 0; index--) {
      const item = items[index];
      if (item !== undefined) this.#waiting.push({ item });
    }
    return undefined;
  }

  /** The next item with its block, or with why there is none; undefined at the end. */
  async next(): Promise<{ readonly item: Item; readonly block: Block | Refusal | undefined } | undefined> {
    this.#askAhead();
    const next = this.#waiting.pop();
    if (next === undefined) return undefined;
    if (next.block === undefined) {
      const block = this.#isWanted(next.item) ? await this.#gateway.get(next.item.cid) : undefined;
      return { item: next.item, block };
    }
    const block = await next.block;
    this.#held -= 1;
    return { item: next.item, block };
  }

  #askAhead(): void {
    const from = Math.max(0, this.#waiting.length - blocksAhead);
    for (let index = this.#waiting.length - 1; index >= from && this.#held < blocksHeld; index--) {
      const waiting = this.#waiting[index];
      if (waiting === undefined || waiting.block !== undefined || !this.#isWanted(waiting.item)) continue;
      waiting.block = this.#gateway.get(waiting.item.cid);
      // Told when it is its turn, which may never come.
      waiting.block.catch(() => undefined);
      this.#held += 1;
    }
  }
}
