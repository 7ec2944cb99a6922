import type { DigestAlgorithm } from "../model/digest.ts";
import type { Evidence, Refusal } from "../model/evidence.ts";
import { algorithmsFor, type Wanted } from "./batches.ts";
import type { Waiting } from "./pair.ts";

interface Container {
  readonly waiting: Map<string, Waiting>;
  readonly taken: Set<string>;
  /** Why members that did not turn up can not be called missing; undefined when the archive was read to its end. */
  unread: Refusal | "not-asked" | undefined;
}

/** A member that did not turn up: missing, or not known because its archive was not read whole. */
export interface Absent extends Waiting {
  readonly containedIn: string;
  readonly why: Refusal | "not-asked" | "missing";
}

/** The archives of one location whose members are declared, and the members that have not turned up yet. */
export class Containers {
  readonly #byPath = new Map<string, Container>();

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
  }

  /** A member turned up: what was declared of it, or `again` when a declared one of that path was there already. */
  take(containedIn: string | undefined, path: string): Waiting | "again" | undefined {
    const container = this.#byPath.get(containedIn ?? "");
    const declared = container?.waiting.get(path);
    if (declared === undefined) return container?.taken.has(path) === true ? "again" : undefined;
    container?.waiting.delete(path);
    container?.taken.add(path);
    return declared;
  }

  *absent(): Generator<Absent> {
    for (const [containedIn, { waiting, unread }] of this.#byPath) {
      for (const one of waiting.values()) yield { ...one, containedIn, why: unread ?? "missing" };
    }
  }

  /** What is declared of any member is measured of all: an archive is read once. */
  algorithms(container: string, isArchive: boolean, wanted: Wanted): readonly DigestAlgorithm[] | undefined {
    const waiting = this.#byPath.get(container)?.waiting;
    if (waiting === undefined && !isArchive) return undefined;
    const declared: { [Algorithm in DigestAlgorithm]?: string } = {};
    for (const { file } of waiting?.values() ?? []) Object.assign(declared, file.entry.digest);
    const any = Object.keys(declared).length > 0;
    return algorithmsFor(any ? declared : undefined, undefined, { ...wanted, sha256: false });
  }
}

function unreadReason({ refusal, transfer, inspection }: Evidence): Container["unread"] {
  if (refusal !== undefined) return refusal;
  if (transfer === undefined) return "not-asked";
  return inspection?.membersComplete === true ? undefined : unreadArchive;
}

const noContainer: Refusal = {
  status: "refused",
  kind: "absent",
  reason: "not-found",
  message: "the archive that should hold it is not there",
};

const unreadArchive: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "truncated",
  message: "the archive that should hold it could not be read to its end",
};
