import { type DigestAlgorithm, digestAlgorithms } from "../model/digest.ts";
import type { Evidence, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { type Pair, UNDECLARED_FROM, type Waiting } from "./pair.ts";
import { PathSet } from "./path-set.ts";
import { type Absent, type Unread, unreadReason } from "./unread.ts";

interface Archive {
  /** Place among the layers: what a later one has stands before what an earlier one has. */
  readonly order: number;
  readonly whiteouts: boolean;
  unread: Unread;
}

interface Expected {
  readonly waiting: Waiting;
  /** Where the last layer that has it stands, and what was seen of it there. */
  order: number;
  evidence: Evidence | undefined;
  /** Another layer has other bytes of this path. */
  differs: boolean;
}

/** Names in an image's layer that take away what earlier layers have (OCI image layers). */
const whiteout = ".wh.";
const opaque = ".wh..wh..opq";

/**
 * The layers of a location whose files are the members of several archives taken together. What was seen of a declared
 * file is held until every layer was looked at: whichever came first, the last layer's bytes are the file's.
 */
export class Layers {
  readonly #archives = new Map<string, Archive>();
  /** Layers that are files themselves, by path. */
  readonly #files = new Map<string, number>();
  readonly #expected = new Map<string, Expected>();
  readonly #undeclared = new PathSet();
  /** What a layer takes away: the path, and the last layer that does so. */
  readonly #gone = new Map<string, number>();
  readonly #emptied = new Map<string, number>();
  #unlisted: Refusal | undefined;
  #declared: { readonly [Algorithm in DigestAlgorithm]?: string } | undefined;

  /**
   * Pairs declared files with the layers that are files, by path; the rest is expected in any of the archives. These
   * come last, when all that is expected is known.
   */
  async *pairs(declared: readonly Waiting[], found: Found, pointer: string): AsyncGenerator<Pair[]> {
    for (const waiting of declared) {
      this.#expected.set(waiting.file.entry.path, { waiting, order: -1, evidence: undefined, differs: false });
    }
    const archives: RemoteObject[] = [];
    const files: Pair[] = [];
    let order = 0;
    for await (const object of found.objects ?? []) {
      if ("status" in object) this.#unlisted ??= object;
      else if (object.members === undefined) {
        this.#files.set(object.path, order++);
        const match = this.#expected.get(object.path)?.waiting;
        const index = match?.index ?? UNDECLARED_FROM + order;
        files.push({ index, ...(match === undefined ? {} : { declared: match.file }), object, role: "file" });
      } else {
        const whiteouts = object.members.whiteouts === true;
        this.#archives.set(object.path, { order: order++, whiteouts, unread: "not-asked" });
        archives.push(object);
      }
    }
    yield files;
    // A layer that is not there is a fault of the location, whatever it should hold; its digest is the manifest's word.
    yield archives.map((object, at) => {
      const layer = { entry: { path: object.path }, pointer, held: true };
      return { index: at - archives.length, declared: layer, object, role: "container" };
    });
  }

  /** What is declared of any file, by algorithm: each archive is read once. */
  declaredOf(archive: string): { readonly [Algorithm in DigestAlgorithm]?: string } | undefined {
    if (!this.#archives.has(archive)) return undefined;
    if (this.#declared === undefined) {
      this.#declared = {};
      for (const { waiting } of this.#expected.values()) Object.assign(this.#declared, waiting.file.entry.digest);
    }
    return this.#declared;
  }

  /** An archive was looked at. */
  seen(evidence: Evidence): void {
    const archive = this.#archives.get(evidence.path);
    if (archive !== undefined) archive.unread = unreadReason(evidence);
  }

  /** Something of a layer turned up: `held` when it waits for the others, `again` when it counts no more. */
  take(evidence: Evidence): "held" | "again" | undefined {
    const { containedIn, path } = evidence;
    const archive = containedIn === undefined ? undefined : this.#archives.get(containedIn);
    const order = containedIn === undefined ? this.#files.get(path) : archive?.order;
    if (order === undefined) return undefined;
    if (archive?.whiteouts === true && this.#takesAway(path, order)) return "again";
    const expected = this.#expected.get(path);
    if (expected === undefined) return this.#undeclared.add(path) ? undefined : "again";
    const before = expected.evidence;
    if (before !== undefined && !isSame(before, evidence)) expected.differs = true;
    if (before === undefined || order > expected.order) {
      expected.order = order;
      expected.evidence = evidence;
    }
    return "held";
  }

  /** Declared files that are there when every layer was looked at. */
  *held(): Generator<Waiting & { readonly evidence: Evidence }> {
    for (const one of this.#expected.values()) {
      const evidence = this.#standing(one);
      if (evidence !== undefined) yield { ...one.waiting, evidence };
    }
  }

  /** Declared files that no layer has, or that can not be told because one was not read to its end. */
  *absent(): Generator<Absent> {
    if (this.#expected.size === 0) return;
    const archives = [...this.#archives].sort(([, one], [, other]) => one.order - other.order);
    const [unreadPath = "", unread] = archives.find(([, { unread: why }]) => why !== undefined) ?? [];
    for (const one of this.#expected.values()) {
      if (this.#standing(one) !== undefined) continue;
      yield { ...one.waiting, containedIn: unreadPath, why: unread?.unread ?? this.#unlisted ?? "missing" };
    }
  }

  #standing({ order, evidence, differs, waiting }: Expected): Evidence | undefined {
    const archive = this.#archives.get(evidence?.containedIn ?? "");
    if (evidence === undefined || archive?.whiteouts !== true) {
      // Layers of an image are made to lie over each other; others that do are told.
      return evidence === undefined || !differs ? evidence : withClash(evidence);
    }
    const later = [...this.#archives.values()].find((one) => one.order > order && one.unread !== undefined);
    return later !== undefined || this.#isGone(waiting.file.entry.path, order) ? undefined : evidence;
  }

  #takesAway(path: string, order: number): boolean {
    const slash = path.lastIndexOf("/") + 1;
    const name = path.slice(slash);
    if (!name.startsWith(whiteout)) return false;
    const [taken, what] =
      name === opaque
        ? [this.#emptied, path.slice(0, Math.max(0, slash - 1))]
        : [this.#gone, path.slice(0, slash) + name.slice(whiteout.length)];
    taken.set(what, Math.max(order, taken.get(what) ?? order));
    return true;
  }

  #isGone(path: string, order: number): boolean {
    const after = (taken: Map<string, number>, what: string): boolean => (taken.get(what) ?? -1) > order;
    if (after(this.#gone, path) || after(this.#emptied, "")) return true;
    for (let slash = path.lastIndexOf("/"); slash !== -1; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      if (after(this.#gone, folder) || after(this.#emptied, folder)) return true;
      if (slash === 0) break;
    }
    return false;
  }
}

/** Known to be the same bytes: what was not measured alike is not. */
function isSame({ transfer: one }: Evidence, { transfer: other }: Evidence): boolean {
  if (one === undefined || other === undefined || one.size !== other.size) return false;
  const shared = digestAlgorithms.filter(
    (algorithm) => one.digest[algorithm] !== undefined && other.digest[algorithm] !== undefined,
  );
  return shared.length > 0 && shared.every((algorithm) => one.digest[algorithm] === other.digest[algorithm]);
}

function withClash(evidence: Evidence): Evidence {
  const { inspection } = evidence;
  const detail = "several layers have this path with other bytes, the last one counts";
  const hazards = [...(inspection?.hazards ?? []), { code: "archive-ambiguous", at: evidence.path, detail } as const];
  return { ...evidence, inspection: { ...inspection, hazards } };
}
