import { type FilesFold, foldFiles } from "../judge/fold.ts";
import type { Try } from "../judge/try.ts";
import type { BatchObject, Evidence, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { finding } from "../model/findings.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { Resolved } from "../resolve/resolver.ts";
import { authorizationsOf } from "./authorizations.ts";
import {
  type AlgorithmsOf,
  algorithmsOfMany,
  BATCH_OBJECTS,
  batchObject,
  mayDescribe,
  mayHoldLicense,
  type Wanted,
} from "./batches.ts";
import { Containers } from "./containers.ts";
import { Grouping } from "./grouping.ts";
import { type Keeper, keeperOf } from "./keeping.ts";
import { LicenseLog, taggedKinds } from "./license-log.ts";
import { withMeant } from "./links.ts";
import { locationPairs } from "./location-pairs.ts";
import { isThere, type Pair, pairAt, UNDECLARED_FROM, withWhole } from "./pair.ts";
import { type DeclaredRun, PlainLook, waitingIn } from "./plain-look.ts";
import { Gate, toldOf } from "./told.ts";
import type { TryContext } from "./try-context.ts";
import { UnderWay } from "./under-way.ts";
import { Unlisted } from "./unlisted.ts";
import { WholeTree } from "./whole.ts";

/** The state of one look: what waits for its evidence, and the fold that takes it. */
export class LocationLook {
  readonly #piece: Piece;
  readonly #pointer: string;
  readonly #index: number;
  readonly #location: Location;
  readonly #context: TryContext;
  readonly #fold: FilesFold;
  readonly #wanted: Wanted;
  readonly #kept: Keeper;
  readonly #tree: WholeTree;
  readonly #unlisted = new Unlisted();
  readonly #containers = new Containers();
  #whole: Evidence | undefined;
  readonly #licenseLog = new LicenseLog();
  #objects = 0;
  #undeclaredMembers = UNDECLARED_FROM;
  readonly #found: Resolved;
  readonly #gate: Gate;
  readonly #algorithms: AlgorithmsOf;
  readonly #plain: PlainLook | undefined;
  readonly #grouping = new Grouping(BATCH_OBJECTS);
  resolution: Found | Refusal;

  constructor(piece: Piece, pointer: string, index: number, location: Location, found: Resolved, context: TryContext) {
    this.#piece = piece;
    this.#pointer = pointer;
    this.#index = index;
    this.#location = location;
    this.#context = context;
    this.#found = found;
    this.#gate = new Gate(found.gated);
    this.resolution = found;
    // Where the listing could not be read, nobody can say what it does not declare.
    const reportUndeclared = piece.files !== undefined || context.listing?.isUsable === true;
    this.#fold = foldFiles({ piece: piece.id, location: index, pointer }, context.depth, { reportUndeclared });
    this.#tree = new WholeTree(piece.digest, context.depth);
    const sha512 = context.keeping !== undefined;
    this.#wanted = { gitBlob: this.#tree.isWanted, sha256: context.keepsStore, sha512 };
    this.#kept = keeperOf(context.keeping, piece, index);
    this.#algorithms = algorithmsOfMany(this.#wanted);
    this.#plain = this.#plainLook();
  }

  #plainLook(): PlainLook | undefined {
    const { depth, looker, meter, onEvidence, keeping, lists } = this.#context;
    const { folder } = this.#found;
    const isEachWanted = onEvidence !== undefined || keeping !== undefined || lists !== undefined;
    if (folder === undefined || isEachWanted || this.#wanted.gitBlob) return undefined;
    return new PlainLook({
      piece: this.#piece.id,
      location: this.#index,
      depth,
      folder,
      tagSource: taggedKinds.has(this.#piece.kind),
      algorithms: this.#algorithms,
      isContainer: (path) => this.#containers.has(path),
      looker,
      meter,
      fold: this.#fold,
      take: (index, declared, evidence) => this.#takeObject({ index, declared, role: "file" }, evidence),
    });
  }

  async run(): Promise<void> {
    const underWay = new UnderWay(GROUPS_IN_FLIGHT);
    const isOver = (): boolean => this.#context.signal.aborted || underWay.hasFailed;
    for await (const chunk of this.#pairs()) {
      const meant = "files" in chunk ? chunk : await withMeant(chunk, this.#found);
      for (const look of this.#looks(meant)) if (!isOver()) await underWay.start(look);
      if (isOver()) break;
    }
    await underWay.end();
    this.#missingMembers();
    const place = { piece: this.#piece.id, location: this.#index, pointer: this.#pointer };
    const unlisted = this.#unlisted.judge(this.#piece, place, this.#location, this.#objects);
    if (this.#unlisted.first !== undefined) this.#tree.partial();
    if (unlisted === undefined) return;
    if ("status" in unlisted) this.resolution = unlisted;
    else this.#fold.note(unlisted.finding, UNDECLARED_FROM, unlisted.outcome);
  }

  result(): Pick<Try, "files" | "whole" | "objects" | "licenseSearch"> {
    const transfer = this.#whole?.transfer;
    // One object that is no archive has no tree.
    const isTree =
      this.#found.single !== true ? this.#found.layered !== true : this.#whole?.inspection?.membersComplete === true;
    const tree = isTree ? this.#tree.digest(this.#found) : undefined;
    const digest = transfer === undefined && tree === undefined ? undefined : { ...transfer?.digest, ...tree };
    return {
      files: this.#fold.finish(),
      whole: { digest, published: this.#whole?.published?.digest, size: transfer?.size },
      objects: this.#objects,
      // Without its listing a piece was not read, so nothing that it lacks is absent.
      licenseSearch: this.#licenseLog.result(
        this.#context.depth === "full" && this.#context.listing?.isUsable !== false,
      ),
    };
  }

  #pairs(): AsyncGenerator<Pair[] | DeclaredRun> {
    const [piece, pointer] = [this.#piece, this.#pointer];
    return locationPairs(
      {
        piece,
        pointer,
        unpack: this.#location.unpack === true,
        depth: this.#context.depth,
        listing: this.#context.listing?.entries,
        containers: this.#containers,
        scratch: this.#context.resolveContext.scratch,
      },
      this.#unlisted.watch(this.#found, (refusal) => this.#context.keeping?.unlisted(piece, this.#index, refusal)),
      {
        refused: (refusal) => {
          this.resolution = refusal;
        },
        repeated: (index, path) => {
          const place = { piece: piece.id, location: this.#index, pointer: `${pointer}/listing` };
          const args = { path, first: `${pointer}/listing` };
          this.#fold.note(finding("path-duplicate", { ...place, args }), index, "resolved");
        },
      },
    );
  }

  /** The looks that a chunk leads to. */
  #looks(chunk: Pair[] | DeclaredRun): (() => Promise<void>)[] {
    const plain = this.#plain;
    if (!("files" in chunk)) return this.#groups(chunk);
    const { groups, others } = plain?.split(chunk) ?? { groups: [], others: waitingIn(chunk) };
    this.#objects += groups.reduce((sum, { files }) => sum + files.length, 0);
    const pairs = this.#found.objectAt === undefined ? [] : pairAt(others, this.#found.objectAt);
    return [...groups.map((group) => async () => plain?.look(group)), ...this.#groups(pairs)];
  }

  #groups(pairs: readonly Pair[]): (() => Promise<void>)[] {
    const groups = this.#grouping.cut(this.#lookable(pairs), ({ object }) => object.expect?.size ?? object.size);
    return groups.map((group) => () => this.#look(group));
  }

  /** Sends what can be looked at on, and folds what can not at once. */
  #lookable(pairs: readonly Pair[]): { pair: Pair; object: BatchObject }[] {
    const lookable: { pair: Pair; object: BatchObject }[] = [];
    for (const pair of pairs) {
      const { declared } = pair;
      const object = pair.meant ?? pair.object;
      if (pair.role !== "beside" && isThere(pair.object)) this.#objects += 1;
      if (isThere(object)) {
        const read = this.#reads(pair, object);
        if (read !== undefined) lookable.push({ pair, object: read });
        continue;
      }
      const evidence = object === undefined ? undefined : this.#evidence(pair, { refusal: object });
      if (evidence !== undefined) this.#tree.addPair(pair, evidence);
      this.#kept(pair, evidence);
      this.#fold.add(pair.index, declared, evidence, pair.role);
    }
    return lookable;
  }

  /** What is read: what was declared, what the tree or the licence needs, and all of it where nothing was declared. */
  #reads(pair: Pair, object: RemoteObject): BatchObject | undefined {
    const found = this.#found;
    const { declared } = pair;
    const licenseSource = mayHoldLicense(object.path);
    // From here on the object goes by the name that the manifest gives it.
    const path = declared?.entry.path ?? object.path;
    const members = this.#containers.has(path) ? { members: object.members ?? { strip: 0 } } : {};
    const declaresFiles = this.#piece.files !== undefined || this.#piece.listing !== undefined;
    const isWanted = declared !== undefined || pair.role !== "file" || !declaresFiles;
    if (!isWanted && !this.#wanted.gitBlob && !(licenseSource && this.#context.depth === "full")) {
      this.#fold.add(pair.index, undefined, this.#evidence(pair, {}), pair.role);
      this.#kept(pair, undefined);
      return undefined;
    }
    const shut = this.#gate.shut();
    const told = toldOf(shut === undefined ? object : { refusal: shut, ...object }, found, this.#context.depth);
    if (told !== undefined) {
      const evidence = this.#gate.seen({ ...this.#evidence(pair, {}), ...told });
      this.#takeObject(pair, evidence);
      this.#context.onEvidence?.(evidence);
      return undefined;
    }
    const entry = found.single === true ? withWhole(declared?.entry, this.#piece, path) : declared?.entry;
    const algorithms = this.#algorithms(entry?.digest, object.digest);
    return batchObject({ ...object, path, ...members }, entry, algorithms, {
      licenseSource,
      cardSource: mayDescribe(this.#piece.kind, object.path),
      tagSource: taggedKinds.has(this.#piece.kind),
      deep: declared === undefined || Object.keys(declared.entry.digest ?? {}).length === 0,
      memberAlgorithms: this.#containers.algorithms(path, object.members !== undefined, this.#wanted),
      copyTo: this.#context.lists?.copyFor(path, object),
    });
  }

  async #look(group: readonly { pair: Pair; object: BatchObject }[]): Promise<void> {
    const { looker, meter, depth } = this.#context;
    const batch = { piece: this.#piece.id, location: this.#index, depth, objects: group.map(({ object }) => object) };
    const authorizations = await authorizationsOf(batch.objects, this.#found);
    await looker.look(
      batch,
      {
        evidence: (at, list) => {
          const pair = group[at]?.pair;
          if (pair === undefined) return;
          for (const seen of list) {
            const evidence = this.#gate.seen(seen);
            if (evidence.containedIn !== undefined) this.#takeMember(evidence);
            else {
              this.#grouping.learn(1, evidence.transfer?.size ?? 0);
              this.#takeObject(pair, evidence);
            }
            this.#context.onEvidence?.(evidence);
          }
          meter.files(1);
        },
        bytes: (delta) => meter.bytes(delta),
      },
      authorizations,
    );
  }

  #takeObject(pair: Pair, seen: Evidence): void {
    const evidence = this.#kept(pair, seen) ?? seen;
    this.#licenseLog.note(evidence, pair.role);
    this.#context.lists?.seen(pair, evidence);
    if (pair.role === "beside") {
      this.#fold.add(pair.index, undefined, evidence, "beside");
      return;
    }
    if (this.#found.single === true) this.#whole = evidence;
    this.#containers.seen(evidence);
    this.#tree.addPair(pair, evidence);
    if (this.#containers.layers.take(evidence) === "held") return;
    this.#fold.add(
      pair.index,
      pair.declared,
      { ...evidence, path: pair.declared?.entry.path ?? evidence.path },
      pair.role,
    );
  }

  #takeMember(evidence: Evidence): void {
    const declared = this.#containers.take(evidence);
    // A second member of the same path is the archive's hazard, and told as such.
    if (declared === "again") return;
    if (this.#found.single === true) this.#tree.add(evidence);
    this.#fold.add(declared?.index ?? this.#undeclaredMembers++, declared?.file, evidence);
  }

  /** Members that were declared and that no archive had. */
  #missingMembers(): void {
    for (const { index, file, evidence } of this.#containers.layers.held()) this.#fold.add(index, file, evidence);
    for (const { index, file, containedIn, why } of this.#containers.absent()) {
      const at = { piece: this.#piece.id, location: this.#index, path: file.entry.path, containedIn };
      if (why === "not-asked") this.#fold.add(index, file, at);
      else if (why !== "missing") this.#licenseLog.unread(containedIn, why.reason);
      if (why !== "not-asked") this.#fold.add(index, file, why === "missing" ? undefined : { ...at, refusal: why });
    }
  }

  #evidence(pair: Pair, facts: { refusal?: Refusal }): Evidence {
    const path = pair.declared?.entry.path ?? (isThere(pair.object) ? pair.object.path : "");
    return { piece: this.#piece.id, location: this.#index, path, ...facts };
  }
}

/** Groups of one location that are under way at a time: enough to keep every lane busy while the rest is listed. */
const GROUPS_IN_FLIGHT = 64;
