import type { DeclaredFile } from "../judge/file.ts";
import { type FilesFold, foldFiles } from "../judge/fold.ts";
import type { Try } from "../judge/try.ts";
import { licenseSourceKind } from "../license/sources.ts";
import type { DigestAlgorithm, DigestSet } from "../model/digest.ts";
import type { BatchObject, Depth, Evidence, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { finding } from "../model/findings.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { ResolveContext, Resolver } from "../resolve/resolver.ts";
import { algorithmsFor, batchObject, grouped, type Wanted } from "./batches.ts";
import type { Looker } from "./look-context.ts";
import {
  besides,
  declaredFiles,
  declaredWhole,
  type Pair,
  pairAt,
  pairListed,
  pairSingle,
  pairUndeclared,
  UNDECLARED_FROM,
} from "./pair.ts";
import { PathSet } from "./path-set.ts";
import type { ProgressMeter } from "./progress.ts";
import { type TreeEntry, wholeTree } from "./whole.ts";

/** What trying a location needs. */
export interface TryContext {
  readonly depth: Depth;
  readonly resolveContext: ResolveContext;
  readonly looker: Looker;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
  readonly keepsStore: boolean;
  readonly onEvidence: ((evidence: Evidence) => void) | undefined;
  /** Opens the piece's listing, in chunks of entries; absent when the piece has none. */
  readonly listing: (() => AsyncIterable<readonly DeclaredFile[]>) | undefined;
}

/** Asks one location and looks at everything that it has: facts only, folded as they come. */
export async function tryLocation(
  piece: Piece,
  pointer: string,
  index: number,
  location: Location,
  matched: { readonly resolver: Resolver; readonly ref: Parameters<Resolver["resolve"]>[0] } | undefined,
  context: TryContext,
): Promise<Try> {
  const base = { index, location, licenseLooked: false };
  if (matched === undefined) return base;
  const resolver = matched.resolver.id;
  const resolution = await matched.resolver.resolve(matched.ref, context.resolveContext);
  if (resolution.status === "refused") return { ...base, resolver, resolution };
  const look = new LocationLook(piece, pointer, index, location, resolution, context);
  await look.run();
  return { ...base, resolver, resolution: look.resolution, ...look.result(), licenseLooked: context.depth === "full" };
}

/** The state of one look: what waits for its evidence, and the fold that takes it. */
class LocationLook {
  readonly #piece: Piece;
  readonly #pointer: string;
  readonly #index: number;
  readonly #location: Location;
  readonly #context: TryContext;
  readonly #fold: FilesFold;
  readonly #wanted: Wanted;
  readonly #tree: TreeEntry[] = [];
  readonly #containers = new Map<string, Container>();
  #whole: Evidence | undefined;
  #objects = 0;
  #lastUrl: string | undefined;
  #undeclaredMembers = UNDECLARED_FROM;
  resolution: Found | Refusal;

  constructor(piece: Piece, pointer: string, index: number, location: Location, found: Found, context: TryContext) {
    this.#piece = piece;
    this.#pointer = pointer;
    this.#index = index;
    this.#location = location;
    this.#context = context;
    this.resolution = found;
    const declares = piece.files !== undefined || piece.listing !== undefined;
    this.#fold = foldFiles({ piece: piece.id, location: index, pointer }, context.depth, {
      reportUndeclared: declares,
    });
    const swhTree = piece.digest?.swhid?.startsWith("swh:1:dir:") ?? false;
    this.#wanted = { gitBlob: piece.digest?.gitTree !== undefined || swhTree, sha256: context.keepsStore };
  }

  async run(): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    for await (const pairs of this.#allPairs()) {
      if (this.#context.signal.aborted) break;
      for (const group of grouped(this.#lookable(pairs), ({ object }) => object.expect?.size ?? object.size ?? 0)) {
        const work = this.#look(group).finally(() => inFlight.delete(work));
        inFlight.add(work);
        if (inFlight.size >= GROUPS_IN_FLIGHT) await Promise.race(inFlight);
      }
    }
    await Promise.all(inFlight);
    this.#missingMembers();
  }

  result(): { files: ReturnType<FilesFold["finish"]>; whole?: DigestSet; wholePublished?: DigestSet; objects: number } {
    const whole = this.#wholeDigest();
    const published = this.#whole?.published?.digest;
    return {
      files: this.#fold.finish(),
      ...(whole === undefined ? {} : { whole }),
      ...(published === undefined ? {} : { wholePublished: published }),
      objects: this.#objects,
    };
  }

  async *#allPairs(): AsyncGenerator<Pair[]> {
    yield* this.#pairs();
    const { licenseDeclared } = this.#piece;
    const found = this.resolution;
    if (this.#context.depth === "probe" || licenseDeclared === undefined || found.status === "refused") return;
    // A host that can not list is asked for the usual names of a licence file beside the piece.
    yield besides(found, this.#lastUrl);
  }

  async *#pairs(): AsyncGenerator<Pair[]> {
    const found = this.resolution;
    if (found.status === "refused") return;
    const declared = declaredFiles(this.#piece, this.#pointer).filter(({ index, file }) => {
      const { containedIn } = file.entry;
      if (containedIn === undefined) return true;
      this.#awaitMember(containedIn, index, file);
      return false;
    });
    if (found.single === true && found.objects !== undefined) {
      for await (const object of found.objects) {
        if ("status" in object) {
          this.resolution = object;
          return;
        }
        yield this.#single(declared, this.#unpacked(object));
      }
      return;
    }
    if (this.#context.listing !== undefined) {
      yield* this.#fromListing(found);
    } else if (found.objects !== undefined) {
      yield* pairListed(declared, found.objects);
    } else if (found.objectAt !== undefined && declared.length > 0) {
      yield pairAt(declared, found.objectAt);
    } else {
      this.resolution = cannotList;
    }
  }

  #single(declared: readonly { index: number; file: DeclaredFile }[], object: RemoteObject): Pair[] {
    const whole = declaredWhole(this.#piece, this.#pointer, object.path);
    if (object.members !== undefined) {
      for (const { index, file } of declared) this.#awaitMember(object.path, index, file);
    }
    return pairSingle(declared, whole, object);
  }

  #unpacked(object: RemoteObject): RemoteObject {
    if (this.#location.unpack !== true || object.members !== undefined) return object;
    return { ...object, members: { strip: 0 } };
  }

  async *#fromListing(found: Found): AsyncGenerator<Pair[]> {
    const chunks = this.#context.listing?.() ?? none();
    let index = 0;
    const named = new PathSet();
    const waiting: { index: number; file: DeclaredFile }[] = [];
    for await (const chunk of chunks) {
      const declared = chunk.map((file) => ({ index: index++, file }));
      for (const { index: at, file } of declared) {
        if (!named.add(file.entry.path)) this.#repeated(at, file);
      }
      if (found.objectAt === undefined) waiting.push(...declared);
      else yield pairAt(declared, found.objectAt);
    }
    if (named.hasRepeats()) this.#repeated(0, undefined);
    if (found.objects === undefined) return;
    if (found.objectAt === undefined) yield* pairListed(waiting, found.objects);
    else yield* pairUndeclared((path) => named.has(path), found.objects);
  }

  #repeated(index: number, file: DeclaredFile | undefined): void {
    const path = file?.entry.path ?? "a path of the listing";
    const pointer = `${this.#pointer}/listing`;
    const place = { piece: this.#piece.id, location: this.#index, pointer };
    this.#fold.note(finding("path-duplicate", { ...place, args: { path, first: pointer } }), index, "resolved");
  }

  /** Sends what can be looked at on, and folds what can not at once. */
  #lookable(pairs: readonly Pair[]): { pair: Pair; object: BatchObject }[] {
    const lookable: { pair: Pair; object: BatchObject }[] = [];
    for (const pair of pairs) {
      const { declared, object } = pair;
      if (object !== undefined && !("status" in object)) {
        if (pair.role !== "beside") {
          this.#objects += 1;
          this.#lastUrl = object.url;
        }
        const read = this.resolution.status === "found" ? this.#reads(pair, object, this.resolution) : undefined;
        if (read !== undefined) lookable.push({ pair, object: read });
        continue;
      }
      this.#fold.add(
        pair.index,
        declared,
        object === undefined ? undefined : this.#evidence(pair, { refusal: object }),
        pair.role,
      );
    }
    return lookable;
  }

  /** What is read: what was declared, what the tree or the licence needs, and all of it where nothing was declared. */
  #reads(pair: Pair, object: RemoteObject, found: Found): BatchObject | undefined {
    const { declared } = pair;
    const top = !object.path.includes("/") || object.path.startsWith("LICENSES/");
    const licenseSource = top && licenseSourceKind(object.path) !== undefined;
    // From here on the object goes by the name that the manifest gives it.
    const path = declared?.entry.path ?? object.path;
    const members = this.#containers.has(path) ? { members: object.members ?? { strip: 0 } } : {};
    const declaresFiles = this.#piece.files !== undefined || this.#piece.listing !== undefined;
    const isWanted = declared !== undefined || pair.role !== "file" || !declaresFiles;
    if (!isWanted && !this.#wanted.gitBlob && !(licenseSource && this.#context.depth === "full")) {
      this.#fold.add(pair.index, undefined, this.#evidence(pair, {}), pair.role);
      return undefined;
    }
    if (this.#context.depth === "probe" && found.single === true && found.exchange !== undefined) {
      // The resolver's own question to this host was the probe.
      const { size, digest, mediaType } = object;
      const published = {
        ...(size === undefined ? {} : { size }),
        ...(digest === undefined ? {} : { digest }),
        ...(mediaType === undefined ? {} : { mediaType }),
      };
      this.#takeObject(pair, { ...this.#evidence(pair, {}), published, probed: { exchange: found.exchange } });
      return undefined;
    }
    return batchObject({ ...object, path, ...members }, declared?.entry, this.#wanted, {
      licenseSource,
      tagSource: sourceKinds.has(this.#piece.kind),
      deep: declared === undefined || Object.keys(declared.entry.digest ?? {}).length === 0,
      memberAlgorithms: this.#memberAlgorithms(path, object.members !== undefined),
    });
  }

  /** What is declared of any member is measured of all: an archive is read once. */
  #memberAlgorithms(container: string, isArchive: boolean): readonly DigestAlgorithm[] | undefined {
    const waiting = this.#containers.get(container)?.waiting;
    if (waiting === undefined && !isArchive) return undefined;
    const declared: { [Algorithm in DigestAlgorithm]?: string } = {};
    for (const { file } of waiting?.values() ?? []) Object.assign(declared, file.entry.digest);
    return algorithmsFor(Object.keys(declared).length === 0 ? undefined : declared, undefined, {
      ...this.#wanted,
      sha256: false,
    });
  }

  async #look(group: readonly { pair: Pair; object: BatchObject }[]): Promise<void> {
    const { looker, signal, meter, depth } = this.#context;
    const batch = { piece: this.#piece.id, location: this.#index, depth, objects: group.map(({ object }) => object) };
    await looker.look(
      batch,
      {
        evidence: (at, list) => {
          const pair = group[at]?.pair;
          if (pair === undefined) return;
          for (const evidence of list) {
            if (evidence.containedIn === undefined) this.#takeObject(pair, evidence);
            else this.#takeMember(evidence);
            this.#context.onEvidence?.(evidence);
          }
          meter.files(1);
        },
        bytes: (delta) => meter.bytes(delta),
      },
      signal,
    );
  }

  #takeObject(pair: Pair, evidence: Evidence): void {
    if (pair.role === "beside") {
      this.#fold.add(pair.index, undefined, evidence, "beside");
      return;
    }
    if (this.#objects === 1) this.#whole = evidence;
    const container = this.#containers.get(evidence.path);
    if (container !== undefined) container.unread = unreadReason(evidence);
    if (pair.role === "file") this.#addToTree(evidence);
    this.#fold.add(
      pair.index,
      pair.declared,
      { ...evidence, path: pair.declared?.entry.path ?? evidence.path },
      pair.role,
    );
  }

  #takeMember(evidence: Evidence): void {
    const waiting = this.#containers.get(evidence.containedIn ?? "")?.waiting;
    const declared = waiting?.get(evidence.path);
    if (declared !== undefined) waiting?.delete(evidence.path);
    if (this.resolution.status === "found" && this.resolution.single === true) this.#addToTree(evidence);
    this.#fold.add(declared?.index ?? this.#undeclaredMembers++, declared?.file, evidence);
  }

  /** Members that were declared and that no archive had. */
  #missingMembers(): void {
    for (const [containedIn, { waiting, unread }] of this.#containers) {
      for (const { index, file } of waiting.values()) {
        const at = { piece: this.#piece.id, location: this.#index, path: file.entry.path, containedIn };
        if (unread === "not-asked") this.#fold.add(index, file, at);
        else this.#fold.add(index, file, unread === undefined ? undefined : { ...at, refusal: unread });
      }
    }
  }

  #awaitMember(container: string, index: number, file: DeclaredFile): void {
    const known: Container = this.#containers.get(container) ?? { waiting: new Map(), unread: missingContainer };
    known.waiting.set(file.entry.path, { index, file });
    this.#containers.set(container, known);
  }

  #addToTree({ path, transfer }: Evidence): void {
    const gitBlob = transfer?.digest.gitBlob;
    if (this.#wanted.gitBlob) this.#tree.push({ path, mode: transfer?.mode ?? "100644", gitBlob });
  }

  #wholeDigest(): DigestSet | undefined {
    const bytes = this.#whole?.transfer?.digest;
    const tree = this.#wanted.gitBlob ? wholeTree(this.#tree) : undefined;
    return bytes === undefined && tree === undefined ? undefined : { ...bytes, ...tree };
  }

  #evidence(pair: Pair, facts: { refusal?: Refusal }): Evidence {
    const path =
      pair.declared?.entry.path ?? (pair.object !== undefined && "path" in pair.object ? pair.object.path : "");
    return { piece: this.#piece.id, location: this.#index, path, ...facts };
  }
}

/** Pieces whose files may say their licence in their first lines. */
const sourceKinds: ReadonlySet<Piece["kind"]> = new Set([
  "data-preprocessing-code",
  "training-code",
  "inference-code",
  "evaluation-code",
  "model-architecture",
  "libraries",
]);

/** An archive whose members are declared. */
interface Container {
  readonly waiting: Map<string, { index: number; file: DeclaredFile }>;
  /** Why members that did not turn up can not be called missing; undefined when the archive was read to its end. */
  unread: Refusal | "not-asked" | undefined;
}

function unreadReason({ refusal, transfer, inspection }: Evidence): Container["unread"] {
  if (refusal !== undefined) return refusal;
  if (transfer === undefined) return "not-asked";
  return inspection?.membersComplete === true ? undefined : unreadArchive;
}

const missingContainer: Refusal = {
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

/** Batches of one location that are under way at a time: enough to keep every lane busy. */
const GROUPS_IN_FLIGHT = 16;

const cannotList: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "reply-invalid",
  message: "this location can not list its files, and the manifest declares none",
};

async function* none(): AsyncGenerator<never> {}
