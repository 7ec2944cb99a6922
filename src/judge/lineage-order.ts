/** The places that a release reaches up its lineage, nearest first. */

import type { ParentRelation } from "../model/lineage.ts";
import type { LineageEdge, LineageNode, LineageSeen } from "./lineage-seen.ts";

/** A place above the release. */
export interface Ancestor {
  readonly node: LineageNode;
  readonly first: LineageEdge;
  readonly relation: ParentRelation;
  readonly pointer: string;
  readonly depth: number;
  /** The pieces below it; undefined for all that are made. */
  readonly children: ReadonlySet<string> | undefined;
  readonly isLoop: boolean;
}

/** Every node that the release reaches, nearest first, with the pieces that reach it. */
export function inOrder({ nodes, edges, itself = [] }: LineageSeen): readonly Ancestor[] {
  const found = new Map<number, Ancestor>();
  let frontier = edges.flatMap((edge) => ("node" in edge.from ? [] : [{ edge, start: edge.from }]));
  const spread = new Map<number, Set<string> | "all">();
  for (let depth = 1; frontier.length > 0 && depth <= nodes.length + 1; depth++) {
    const next: typeof frontier = [];
    for (const { edge, start } of frontier) {
      const node = nodes[edge.to];
      if (node === undefined) continue;
      const before = spread.get(edge.to);
      const isNew = start.piece === undefined ? before !== "all" : before !== "all" && !before?.has(start.piece);
      if (!isNew) continue;
      const pieces = start.piece === undefined ? "all" : new Set([...(before ?? []), start.piece]);
      spread.set(edge.to, pieces);
      const known = found.get(edge.to);
      found.set(edge.to, {
        node,
        first: known?.first ?? edge,
        relation: known?.relation ?? edge.relation,
        pointer: known?.pointer ?? start.pointer,
        depth: known?.depth ?? depth,
        children: pieces === "all" ? undefined : pieces,
        isLoop: itself.includes(edge.to) || reaches(edge.to, edge.to, edges),
      });
      for (const above of edges)
        if ("node" in above.from && above.from.node === edge.to) next.push({ edge: above, start });
    }
    frontier = next;
  }
  return [...found.values()];
}

/** True when steps up from one node come to another. */
function reaches(from: number, to: number, edges: readonly LineageEdge[]): boolean {
  const seen = new Set<number>();
  const open = [from];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const edge of edges) {
      if (!("node" in edge.from) || edge.from.node !== node) continue;
      if (edge.to === to) return true;
      if (!seen.has(edge.to)) open.push(edge.to);
      seen.add(edge.to);
    }
  return false;
}
