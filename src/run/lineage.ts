/** Walks up what a release was made from: each parent is resolved and its licence read, and none of its payload. */
import { type LineageEdge, type LineageNode, type LineageSeen, madeKinds } from "../judge/lineage-seen.ts";
import { namedDataset } from "../license/card-described.ts";
import type { CardSeen } from "../model/described.ts";
import type { Json } from "../model/json.ts";
import type { ParentRelation } from "../model/lineage.ts";
import { type Location, lineageRelations, type Manifest, type Piece } from "../model/manifest.ts";
import { isHubId } from "../resolve/huggingface-location.ts";
import { findResolver } from "../resolve/registry.ts";
import type { Resolution } from "../resolve/resolver.ts";
import type { Run } from "./context.ts";
import { parentManifest } from "./lineage-manifest.ts";

/** Steps up that are walked: the longest chains that people tell of have four or five. */
const DEPTH_MAX = 10;
/** Places that are asked for in one walk. */
const NODES_MAX = 64;
/** Parents and datasets of one card that are followed. */
const NAMED_MAX = 20;

/** What a host's card of one piece says of its origin. */
export interface PieceOrigin {
  readonly piece: Pick<Piece, "id" | "kind" | "builtFrom">;
  /** To the location that the piece rests on. */
  readonly pointer: string;
  readonly resolver: string;
  readonly resolution: Resolution;
  /** Cards that were read in the piece: where the host tells nothing of them, they speak for themselves. */
  readonly cards: readonly CardSeen[];
}

/** A parent that somebody names, before it is asked for. */
interface Named {
  readonly from: LineageEdge["from"];
  readonly location: Location;
  readonly relation: ParentRelation;
  readonly said: LineageEdge["said"];
  /** The parent's own manifest. */
  readonly manifest?: Location | undefined;
  /** The hub that the naming card lies on: names of hubs mean nothing elsewhere. */
  readonly hub?: Json | undefined;
  /** 1 for a source of a dataset, whose own sources are not followed. */
  readonly steps?: number;
}

/** Walks from the manifest's `lineage` and from the cards of the pieces' hosts; undefined where neither names a parent. */
export async function walkLineage(
  manifest: Pick<Manifest, "lineage">,
  origins: readonly PieceOrigin[],
  run: Run,
): Promise<LineageSeen | undefined> {
  const walk = new Walk(run, origins);
  const cards = origins.flatMap((origin) => namedByPiece(origin, origins));
  let named: readonly Named[] = [
    ...manifest.lineage.map(({ relation, base, manifest: own }, index): Named => {
      return { from: { pointer: `/lineage/${index}/base` }, location: base, relation, said: "manifest", manifest: own };
    }),
    ...cards.flatMap((card) => card.named),
  ];
  if (named.length === 0) return undefined;
  for (const { left } of cards) walk.cut(left, tooMany);
  for (let depth = 1; named.length > 0; depth++) {
    if (depth > DEPTH_MAX || run.signal.aborted) {
      walk.cut(named, run.signal.aborted ? "the run was stopped" : `the chain has more than ${DEPTH_MAX} steps`);
      break;
    }
    named = await walk.step(named);
  }
  return walk.seen();
}

/** The graph as far as it is known. */
class Walk {
  readonly #run: Run;
  readonly #nodes: LineageNode[] = [];
  readonly #edges: LineageEdge[] = [];
  /** Nodes by how they are asked for, and by what answered: two names can be one place. */
  readonly #known = new Map<string, number>();
  readonly #own: ReadonlySet<string>;
  readonly #itself = new Set<number>();

  constructor(run: Run, origins: readonly PieceOrigin[]) {
    this.#run = run;
    this.#own = new Set(origins.flatMap(({ resolver, resolution }) => placeOf(resolver, resolution) ?? []));
  }

  seen(): LineageSeen {
    return { nodes: this.#nodes, edges: this.#edges, itself: [...this.#itself] };
  }

  /** Asks for all that is named and not known, at once, and takes the answers in order. */
  async step(named: readonly Named[]): Promise<readonly Named[]> {
    const asked = new Map<string, Promise<Answer>>();
    for (const { location } of named) {
      const key = keyOf(location);
      if (this.#known.has(key) || asked.has(key)) continue;
      if (this.#nodes.length + asked.size >= NODES_MAX) continue;
      asked.set(key, this.#ask(location));
    }
    const next: Named[] = [];
    for (const one of named) {
      const key = keyOf(one.location);
      const answer = asked.get(key);
      if (answer !== undefined && !this.#known.has(key)) next.push(...(await this.#take(one, key, await answer)));
      const to = this.#known.get(key);
      if (to === undefined) this.cut([one], `more than ${NODES_MAX} places are named`);
      else this.#edges.push({ from: one.from, to, relation: one.relation, said: one.said });
    }
    return next;
  }

  /** What is named and not walked any more: whoever names it has a chain that breaks off. */
  cut(named: readonly Named[], why: string): void {
    for (const { from, location, relation, said } of named) {
      if ("node" in from) {
        const node = this.#nodes[from.node];
        if (node !== undefined) this.#nodes[from.node] = { ...node, broken: why };
      } else {
        this.#edges.push({ from, to: this.#nodes.length, relation, said });
        this.#nodes.push({ uri: location.uri, broken: why });
      }
    }
  }

  async #ask(location: Location): Promise<Answer> {
    const matched = await findResolver(location);
    if (matched === undefined) return {};
    const { resolver, ref } = matched;
    // Nothing of it will be read, so nobody is asked whether it could be.
    const resolution = await resolver.resolve(ref, { ...this.#run.resolveContext, depth: "probe" });
    return { resolver: resolver.id, resolution };
  }

  async #take(named: Named, key: string, { resolver, resolution }: Answer): Promise<readonly Named[]> {
    const { location } = named;
    const place = placeOf(resolver, resolution);
    const before = place === undefined ? undefined : this.#known.get(place);
    if (before !== undefined) {
      this.#known.set(key, before);
      return [];
    }
    const index = this.#nodes.length;
    this.#known.set(key, index);
    if (place !== undefined) this.#known.set(place, index);
    if (place !== undefined && this.#own.has(place)) this.#itself.add(index);
    const from = { node: index };
    const own = named.manifest === undefined ? undefined : await parentManifest(named.manifest, this.#run);
    const card = resolution === undefined ? nothing : namedAbove(named, from, resolution);
    const broken = strayOf(named, resolution) ?? own?.broken;
    this.#nodes.push({
      uri: location.uri,
      resolver,
      resolution: resolution === undefined ? undefined : factsOf(resolution),
      ...(own?.license === undefined ? {} : { declared: own.license }),
      ...(broken === undefined ? {} : { broken }),
    });
    this.cut(card.left, tooMany);
    const declared = (own?.lineage ?? []).map((one): Named => {
      return { from, location: one.base, relation: one.relation, said: "manifest" };
    });
    return [...declared, ...card.named];
  }
}

interface Answer {
  readonly resolver?: string;
  readonly resolution?: Resolution;
}

/** Only what is judged: the way to the objects stays here. */
function factsOf(resolution: Resolution): LineageNode["resolution"] {
  if (resolution.status === "refused") return resolution;
  const { status, revision, gated, licensePublished } = resolution;
  return {
    status,
    ...(revision === undefined ? {} : { revision }),
    ...(gated === undefined ? {} : { gated }),
    ...(licensePublished === undefined ? {} : { licensePublished }),
  };
}

function keyOf(location: Location): string {
  return JSON.stringify([location.uri, location.revision, location.path]);
}

/** What answered, as its host knows it; undefined where the host has no name of its own for it. */
function placeOf(resolver: string | undefined, resolution: Resolution | undefined): string | undefined {
  if (resolution?.status !== "found" || resolution.revision === undefined) return undefined;
  const { hub, type, id } = resolution.facts ?? {};
  return typeof id === "string" ? JSON.stringify([resolver, hub, type, id, resolution.revision]) : undefined;
}

/** A card names repositories of its own hub; another hub's of the same name is another one. */
function strayOf({ hub }: Named, resolution: Resolution | undefined): string | undefined {
  const other = resolution?.status === "found" ? resolution.facts?.hub : undefined;
  return hub === undefined || other === undefined || hub === other
    ? undefined
    : "it was found on another hub than the card's";
}

interface ByCard {
  readonly named: readonly Named[];
  /** What is not followed. */
  readonly left: readonly Named[];
}

const nothing: ByCard = { named: [], left: [] };

type CardFacts = NonNullable<Extract<Resolution, { status: "found" }>["facts"]>;

/** What a piece's card says of its origin: by its host, else as it was read. */
function factsOfCard({ resolution, cards }: Pick<PieceOrigin, "resolution" | "cards">): CardFacts {
  const told = resolution.status === "found" ? (resolution.facts ?? {}) : {};
  // A card in a folder below is about something else.
  const top = cards.filter(({ path }) => !path.includes("/"));
  const read = Object.assign({}, ...top.toReversed().map(({ origin }) => origin)) as CardSeen["origin"];
  const how = read.base_model_relation?.[0];
  return { ...read, ...(how === undefined ? {} : { base_model_relation: how }), ...told };
}

/** What a piece of the release names: weights and their card the parents, a dataset what it was made from. */
function namedByPiece(origin: PieceOrigin, origins: readonly PieceOrigin[]): readonly ByCard[] {
  const { piece, pointer } = origin;
  const facts = factsOfCard(origin);
  if (madeKinds.has(piece.kind)) return [namedByCard({ piece: piece.id, pointer }, facts, true)];
  if (piece.kind === "model-card") return [namedByCard({ pointer }, facts, true)];
  if (piece.kind !== "dataset") return [];
  return origins
    .filter(({ piece: made }) => madeKinds.has(made.kind) && madeFrom(made, piece.id, origins))
    .map(({ piece: made }) => namedByDataset({ piece: made.id, pointer }, facts));
}

/** True where the weights do not say what they were built from, or say that the dataset is part of it. */
function madeFrom(made: PieceOrigin["piece"], dataset: string, origins: readonly PieceOrigin[]): boolean {
  if (made.builtFrom === undefined) return true;
  const reached = new Set(made.builtFrom);
  // A set is walked to what is added to it on the way.
  for (const id of reached)
    for (const more of origins.find(({ piece }) => piece.id === id)?.piece.builtFrom ?? []) reached.add(more);
  return reached.has(dataset);
}

/** What a parent names: a model its own parents, a dataset what it was made from; no further than that. */
function namedAbove({ relation, steps = 0 }: Named, from: LineageEdge["from"], resolution: Resolution): ByCard {
  const facts = factsOfCard({ resolution, cards: [] });
  if (relation !== "trained-on") return namedByCard(from, facts, false);
  return steps > 0 ? nothing : namedByDataset(from, facts);
}

/** The datasets of the hub that a dataset's card names as its sources. */
function namedByDataset(from: LineageEdge["from"], { hub, source_datasets: sources }: CardFacts): ByCard {
  const ids = [...new Set(textsOf(sources).flatMap(namedDataset))];
  const named = ids.map((id): Named => {
    return { from, location: { uri: `hf:datasets/${id}` }, relation: "trained-on", said: "card", hub, steps: 1 };
  });
  return { named: named.slice(0, NAMED_MAX), left: named.slice(NAMED_MAX, NAMED_MAX + 1) };
}

const tooMany = `a card names more than ${NAMED_MAX} parents`;

/** The parents that a card names, and the datasets where they matter. Names of the hub alone are followed. */
function namedByCard(from: LineageEdge["from"], facts: CardFacts, withData: boolean): ByCard {
  const { hub, base_model: base, base_model_relation: how, datasets } = facts;
  const bases = textsOf(base);
  const data = withData ? textsOf(datasets) : [];
  const stated = lineageRelations.find((one) => one === how);
  const relation = stated ?? (bases.length > 1 ? "merge" : "made-from");
  const toNamed = (id: string, prefix: string, relation: ParentRelation): Named => {
    // What is no name of the hub stays as it is written, and no resolver may read it.
    const uri = isHubId(id) ? `${prefix}${id}` : `card:${id}`;
    return { from, location: { uri }, relation, said: "card", hub };
  };
  const named = [
    ...bases.slice(0, NAMED_MAX).map((id) => toNamed(id, "hf:", relation)),
    ...data.slice(0, NAMED_MAX).map((id) => toNamed(id, "hf:datasets/", "trained-on")),
  ];
  // The first that is left out stands for all of them.
  return { named, left: bases.slice(NAMED_MAX, NAMED_MAX + 1).map((id) => toNamed(id, "hf:", relation)) };
}

function textsOf(value: Json | undefined): readonly string[] {
  const all: readonly Json[] = Array.isArray(value) ? value : [value ?? null];
  return [...new Set(all.flatMap((one) => (typeof one === "string" ? [one.trim()] : [])))].filter((one) => one !== "");
}
