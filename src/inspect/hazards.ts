import type { Hazard, HazardCode } from "../model/evidence.ts";
import { maxHazardsPerCode, maxHazardText } from "./limits.ts";

/** Collects hazards; many of one kind are counted, not kept. */
export interface HazardList {
  add(code: HazardCode, detail: string, at?: string): void;
  list(): readonly Hazard[];
}

/** An empty list that stays small whatever the archive holds. */
export function createHazardList(): HazardList {
  const kept: Hazard[] = [];
  const counts = new Map<HazardCode, number>();
  return {
    add(code, detail, at) {
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count > maxHazardsPerCode) return;
      kept.push({ code, ...(at === undefined ? {} : { at: shorten(at) }), detail: shorten(detail) });
    },
    list() {
      const more = [...counts].flatMap(([code, count]): Hazard[] =>
        count > maxHazardsPerCode ? [{ code, detail: `${count - maxHazardsPerCode} more like these` }] : [],
      );
      return [...kept, ...more];
    },
  };
}

/** Foreign text of bounded length. */
export function shorten(text: string): string {
  return text.length > maxHazardText ? `${text.slice(0, maxHazardText)}...` : text;
}
