/** How often each pair of neighbouring words occurs, by a key of both numbers. */
export function countPairs(ids: ArrayLike<number>): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  for (let at = 1; at < ids.length; at++) {
    const pair = (ids[at - 1] ?? 0) * 0x10000 + (ids[at] ?? 0);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}
