import { randomFillSync } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { textLines } from "../io/text-lines.ts";

/** Heaps that are kept apart: each must fit into memory. Ten million entries make heaps of eighty thousand. */
const HEAPS = 128;
/** Characters of one heap that wait to be written. */
const WAITING_MAX = 32 * 1024;

/** Lines on disk in heaps by key, so that two long lists can be joined heap by heap. */
export interface Spill<Value> {
  add(key: string, value: Value): void;
  /** The values of one heap, in the order in which they came. It can be read once, when nothing is added any more. */
  heap(index: number): AsyncIterable<Value>;
}

/** Which heap a key belongs to; keyed anew each time, so that nobody can send all keys to one. */
export type HeapOf = (key: string) => number;

export const heaps: readonly number[] = Array.from({ length: HEAPS }, (_, index) => index);

/** A choice of heaps that two spills share. */
export function createHeapOf(): HeapOf {
  const [seed = 0, factor = 1] = randomFillSync(new Uint32Array(2));
  return (key) => {
    let mixed = seed;
    for (let at = 0; at < key.length; at++) mixed = Math.imul(mixed ^ key.charCodeAt(at), factor | 1) ^ (mixed >>> 15);
    return (mixed >>> 8) % HEAPS;
  };
}

/** Opens a spill in an empty folder; `Value` is plain JSON. */
export function createSpill<Value>(folder: string, name: string, heapOf: HeapOf): Spill<Value> {
  const waiting: string[] = heaps.map(() => "");
  const open = new Map<number, number>();
  const file = (index: number): string => join(folder, `${name}-${index}`);
  const write = (index: number): void => {
    const text = waiting[index] ?? "";
    if (text === "") return;
    const fd = open.get(index) ?? openSync(file(index), "ax", 0o600);
    open.set(index, fd);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    waiting[index] = "";
  };
  return {
    add(key, value) {
      const index = heapOf(key);
      waiting[index] = `${waiting[index]}${JSON.stringify(value)}\n`;
      if ((waiting[index]?.length ?? 0) > WAITING_MAX) write(index);
    },
    async *heap(index) {
      write(index);
      const fd = open.get(index);
      if (fd === undefined) return;
      closeSync(fd);
      open.delete(index);
      for await (const { text } of textLines(file(index))) yield JSON.parse(text) as Value;
      rmSync(file(index));
    },
  };
}
