/** JSON pointers (RFC 6901) and where in the text they lead. */
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";

/** A pointer to one part below another. */
export function append(pointer: string, part: PropertyKey): string {
  return `${pointer}/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The parts of a pointer. */
export function partsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A place in the tree: the value, and where a reader would look for it. */
export interface Place {
  readonly node: unknown;
  /** A plain value's own beginning; that of the key for a list or map. */
  readonly offset: number;
  /** The beginning of the key that it stands under, or its own in a list. */
  readonly keyOffset: number;
  /** False when the pointer leads further than the text does: this is the nearest place above. */
  readonly exact: boolean;
}

/** Follows paths into one tree, as far as they go. */
export type PlaceOf = (path: readonly PropertyKey[]) => Place;

/** Maps with more keys are looked into by an index, so that a thousand faults in one do not cost a thousand searches. */
const MAX_SEARCHED_KEYS = 32;

/** Makes the way into one tree. */
export function placesIn(contents: Node | null): PlaceOf {
  const indexes = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  const find = (map: YAMLMap, key: string): Pair | undefined => {
    if (map.items.length <= MAX_SEARCHED_KEYS) return map.items.find((each) => keyOf(each.key) === key);
    const index =
      indexes.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair.key) ?? "", pair] as const).reverse());
    indexes.set(map, index);
    return index.get(key);
  };
  return (path) => {
    let node: unknown = contents;
    let offset = offsetOf(contents) ?? 0;
    let keyOffset = offset;
    for (const part of path) {
      let next: unknown;
      if (isSeq(node)) {
        next = node.items[Number(part)];
        if (next === undefined) return { node, offset, keyOffset, exact: false };
        offset = offsetOf(next) ?? offset;
        keyOffset = offset;
      } else {
        const pair = isMap(node) ? find(node, String(part)) : undefined;
        if (pair === undefined) return { node, offset, keyOffset, exact: false };
        next = pair.value;
        keyOffset = offsetOf(pair.key) ?? offset;
        offset = isScalar(next) ? (offsetOf(next) ?? keyOffset) : keyOffset;
      }
      node = next;
    }
    return { node, offset, keyOffset, exact: true };
  };
}

/** A key as it is written: `1`, `yes` and `null` are words here, not values. */
export function keyOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === "string") return key.value;
  return key.source === undefined || key.source === "" ? undefined : key.source;
}

/** Where a node's text begins. */
export function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? undefined) : undefined;
}
