import type { DigestAlgorithm } from "../model/digest.ts";
import type { Evidence, Refusal } from "../model/evidence.ts";
import { algorithmsFor, type Wanted } from "./batches.ts";
import { Layers } from "./layers.ts";
import type { Waiting } from "./pair.ts";
import { type Absent, type Unread, unreadReason } from "./unread.ts";

interface Container {
  readonly waiting: Map<string, Waiting>;
  readonly taken: Set<string>;
  unread: Unread;
}

/** The archives of one location whose members are declared, and the members that have not turned up yet. */
export class Containers {
  readonly #byPath = new Map<string, Container>();
  /** The archives that are taken together, where the location is made of layers. */
  readonly layers = new Layers();

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** Expects a declared file inside an archive. */
  expect(container: string, waiting: Waiting): void {
    const known: Container = this.#byPath.get(container) ?? {
      waiting: new Map(),
      taken: new Set(),
      unread: noContainer,
    };
    known.waiting.set(waiting.file.entry.path, waiting);
    this.#byPath.set(container, known);
  }

  /** The archive itself was looked at. */
  seen(evidence: Evidence): void {
    const container = this.#byPath.get(evidence.path);
    if (container !== undefined) container.unread = unreadReason(evidence);
    this.layers.seen(evidence);
  }

  /**
   * A member turned up: what was declared of it, or `again` when it is not to be counted now: a declared one of that path
   * was there already, or it waits for the other layers.
   */
  take(evidence: Evidence): Waiting | "again" | undefined {
    const { containedIn = "", path } = evidence;
    const container = this.#byPath.get(containedIn);
    const declared = container?.waiting.get(path);
    if (declared === undefined) {
      if (container?.taken.has(path) === true) return "again";
      return this.layers.take(evidence) === undefined ? undefined : "again";
    }
    container?.waiting.delete(path);
    container?.taken.add(path);
    return declared;
  }

  *absent(): Generator<Absent> {
    for (const [containedIn, { waiting, unread }] of this.#byPath) {
      for (const one of waiting.values()) yield { ...one, containedIn, why: unread ?? "missing" };
    }
    yield* this.layers.absent();
  }

  /** What is declared of any member is measured of all: an archive is read once. */
  algorithms(container: string, isArchive: boolean, wanted: Wanted): readonly DigestAlgorithm[] | undefined {
    const waiting = this.#byPath.get(container)?.waiting;
    if (waiting === undefined && !isArchive) return undefined;
    const declared: { [Algorithm in DigestAlgorithm]?: string } = { ...this.layers.declaredOf(container) };
    for (const { file } of waiting?.values() ?? []) Object.assign(declared, file.entry.digest);
    const any = Object.keys(declared).length > 0;
    return algorithmsFor(any ? declared : undefined, undefined, { ...wanted, sha256: false, sha512: false });
  }
}

const noContainer: Refusal = {
  status: "refused",
  kind: "absent",
  reason: "not-found",
  message: "the archive that should hold it is not there",
};
