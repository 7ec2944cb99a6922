import { digestTree, treeEntryLimit } from "../digest/tree.ts";
import type { DigestSet } from "../model/digest.ts";
import type { Depth, Evidence, FileMode, Found, RemoteObject } from "../model/evidence.ts";
import { isThere, type Pair } from "./pair.ts";

/** One file of a piece's tree; without a blob digest the tree can not be taken. */
interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode;
  /** Of the bytes that were read. */
  readonly gitBlob: string | undefined;
  /** Of what stands for them in a repository: the pointer to a large file. */
  readonly standIn?: string;
}

/** Gathers what the tree digests of a whole piece are made of. */
export class WholeTree {
  readonly #declared: DigestSet | undefined;
  readonly #isRead: boolean;
  readonly #entries: TreeEntry[] = [];
  /** Something of the tree can not be told, or there is too much of it. */
  #isPartial = false;

  /** Gathers nothing where no tree digest is declared, or no file is read. */
  constructor(declared: DigestSet | undefined, depth: Depth) {
    this.#isRead = depth === "full";
    const isTree = declared?.gitTree !== undefined || declared?.swhid?.startsWith("swh:1:dir:") === true;
    this.#declared = isTree ? declared : undefined;
  }

  /** True when each file's blob digest is needed. */
  get isWanted(): boolean {
    return this.#declared !== undefined;
  }

  /** Takes what was seen of a pair; its object is what the host listed, whatever was read in its place. */
  addPair({ object, role }: Pair, evidence: Evidence): void {
    if (role !== "file") return;
    if (isThere(object)) this.add(evidence, object);
    else this.partial();
  }

  /** Takes a file that was looked at. */
  add({ path, transfer }: Evidence, object?: Pick<RemoteObject, "mode" | "digest" | "treeBlob">): void {
    if (!this.isWanted || !this.#isRead || this.#isPartial) return;
    if (this.#entries.length >= treeEntryLimit) {
      this.partial();
      return;
    }
    const gitBlob = transfer?.digest.gitBlob;
    const mode = transfer?.mode ?? "100644";
    const { treeBlob, digest } = object ?? {};
    if (treeBlob === undefined) this.#entries.push({ path, mode, gitBlob });
    // A link is what git says of it, wherever it leads.
    else if (object?.mode === "120000") this.#entries.push({ path, mode: "120000", gitBlob: treeBlob });
    else if (isNamedBy(digest, transfer?.digest)) this.#entries.push({ path, mode, gitBlob, standIn: treeBlob });
    else this.#entries.push({ path, mode, gitBlob });
  }

  /** Says that the host has something there that is not among the files. */
  partial(): void {
    this.#isPartial = true;
    this.#entries.length = 0;
  }

  /**
   * The digests, or undefined where something is missing. Of a repository with pointers two trees are true: git's own,
   * with the pointers, and that of the files themselves, which is taken where it is the declared one.
   */
  digest(found: Pick<Found, "signs">): DigestSet | undefined {
    // Another repository inside this one has an entry in git's tree, and is not looked at.
    if (this.#isPartial || found.signs?.some(({ code }) => code === "submodule") === true) return undefined;
    const entries = this.#entries;
    const ofFiles = digestsOf(entries.map(({ path, mode, gitBlob }) => ({ path, mode, gitBlob })));
    if (!entries.some(({ standIn }) => standIn !== undefined)) return ofFiles;
    const { gitTree, swhid } = this.#declared ?? {};
    const isFiles = (gitTree ?? ofFiles?.gitTree) === ofFiles?.gitTree && (swhid ?? ofFiles?.swhid) === ofFiles?.swhid;
    if (isFiles && ofFiles !== undefined) return ofFiles;
    return digestsOf(entries.map(({ path, mode, gitBlob, standIn }) => ({ path, mode, gitBlob: standIn ?? gitBlob })));
  }
}

/** True where the bytes that came are those that the pointer names. */
function isNamedBy(pointed: DigestSet | undefined, read: DigestSet | undefined): boolean {
  return pointed?.sha256 !== undefined && pointed.sha256 === read?.sha256;
}

function digestsOf(entries: readonly TreeEntry[]): DigestSet | undefined {
  if (entries.length === 0) return undefined;
  const complete = entries.flatMap(({ path, mode, gitBlob }) =>
    gitBlob === undefined ? [] : [{ path, mode, gitBlob }],
  );
  if (complete.length !== entries.length) return undefined;
  const tree = digestTree(complete);
  return "status" in tree ? undefined : { gitTree: tree.gitTree, swhid: tree.swhid };
}
