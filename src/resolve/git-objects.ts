import { pathToFileURL } from "node:url";
import type { FileMode, Refusal, RemoteObject } from "../model/evidence.ts";
import { type LfsPointer, readLfsPointer } from "../model/lfs-pointer.ts";
import { refuse } from "../model/refusal.ts";
import { type Blob, type Blobs, type Elsewhere, openBlobs } from "./git-blobs.ts";
import { type LargeFiles, lfsAtOnce } from "./git-lfs.ts";
import type { Git } from "./git-program.ts";
import type { TreeEntry } from "./git-tree.ts";
import { pathSegments } from "./path.ts";

/** What a listing of objects is made from. */
export interface ObjectSource {
  readonly git: Git;
  /** A new empty folder, for the files' bytes. */
  readonly scratch: () => Promise<string>;
  /** False where nobody is going to read the files. */
  readonly writes: boolean;
  /** Lists the entries. */
  readonly entries: () => AsyncIterable<TreeEntry | Refusal>;
  /** The server of large files; absent where the repository is reached in a way that has none. */
  readonly largeFiles: LargeFiles | undefined;
}

/** Files that are asked for before the first of them is taken. */
const filesAhead = 64;
/** Entries that wait while pointers gather for one question. */
const waitingMax = 1000;

/**
 * The files below a tree, in git's order. The bytes of each are written into a folder of the run when it is its turn,
 * under the id that git gave them: no name of the repository's ever becomes a name on this disk.
 */
export async function* listObjects(source: ObjectSource): AsyncGenerator<RemoteObject | Refusal, void, void> {
  const folder = await source.scratch();
  const within = pathToFileURL(folder).href;
  const blobs = openBlobs(source.git);
  let waiting: Waiting[] = [];
  let pointers = 0;
  try {
    for await (const entries of chunked(source.entries(), filesAhead)) {
      for await (const one of placed(entries, { blobs, folder: source.writes ? folder : undefined, within })) {
        if (!("pointer" in one) && waiting.length === 0) {
          yield one;
          continue;
        }
        waiting.push(one);
        if ("pointer" in one) pointers += 1;
        if (pointers < lfsAtOnce && waiting.length < waitingMax) continue;
        yield* await withLargeFiles(waiting, source.largeFiles);
        waiting = [];
        pointers = 0;
      }
      if (blobs.isBroken) break;
    }
    yield* await withLargeFiles(waiting, source.largeFiles);
  } finally {
    blobs.close();
  }
}

/** A file as it stands in the repository, and what it points to where it is a pointer. */
interface Pointing {
  readonly object: RemoteObject;
  readonly pointer: LfsPointer;
}
type Waiting = RemoteObject | Refusal | Pointing;

/** Takes the large files' server's word for what is only a pointer here. */
async function withLargeFiles(
  waiting: readonly Waiting[],
  largeFiles: LargeFiles | undefined,
): Promise<(RemoteObject | Refusal)[]> {
  const pointing = waiting.filter((one) => "pointer" in one);
  const told = pointing.length === 0 ? [] : await largeFiles?.ask(pointing.map(({ pointer }) => pointer));
  let at = 0;
  return waiting.map((one) => {
    if (!("pointer" in one)) return one;
    const large = told?.[at++];
    if (large === undefined) return one.object;
    const { path, mode, digest } = one.object;
    const treeBlob = digest?.gitBlob;
    return {
      path,
      ...(mode === undefined ? {} : { mode }),
      ...(treeBlob === undefined ? {} : { treeBlob }),
      ...large,
      listed: true,
    };
  });
}

/** Each entry with the place of its bytes. */
async function* placed(
  entries: readonly (TreeEntry | Refusal)[],
  { blobs, folder, within }: { readonly blobs: Blobs; readonly folder: string | undefined; readonly within: string },
): AsyncGenerator<Waiting> {
  const wanted = entries.map((entry) => ("status" in entry ? entry : fileOf(entry)));
  const ids = wanted.flatMap((one) => (one !== undefined && "id" in one ? [one.id] : []));
  if (ids.length > 0) await blobs.ask(ids);
  for (const one of wanted) {
    if (one === undefined) continue;
    if ("status" in one) {
      yield one;
      continue;
    }
    const { id, path, mode } = one;
    const blob: Blob | Elsewhere | Refusal = await blobs.next(id, folder);
    if (blob.status === "refused") {
      yield blob;
      return;
    }
    const object: RemoteObject = {
      path,
      url: `${within}/${id}`,
      ...(blob.status === "here" ? { size: blob.size } : {}),
      // Of a repository that names its objects by sha256 the id is none of the digests that we take.
      ...(id.length === 40 ? { digest: { gitBlob: id } } : {}),
      ...(id.length === 40 && mode === "120000" ? { treeBlob: id } : {}),
      mode,
      within,
      listed: true,
    };
    const bytes = blob.status === "here" && mode !== "120000" ? blob.bytes : undefined;
    const pointer = bytes === undefined ? undefined : readLfsPointer(bytes);
    yield pointer === undefined ? object : { object, pointer };
  }
}

/** The entry as a file; undefined for what is no part of this repository. */
function fileOf({ mode, type, id, path, shown }: TreeEntry): FileEntry | Refusal | undefined {
  if (mode === "160000") return undefined;
  if (type !== "blob" || !isFileMode(mode)) {
    return refuse("reply-invalid", `\`${shown.slice(0, 200)}\` is something that git does not know`);
  }
  if (path === undefined) return refuse("reply-invalid", `\`${shown.slice(0, 200)}\`: its name is not UTF-8`);
  if (pathSegments(path) === undefined) {
    return refuse("reply-invalid", `\`${path.slice(0, 200)}\` is not a path inside the repository`);
  }
  return { id, path, mode };
}

interface FileEntry {
  readonly id: string;
  readonly path: string;
  readonly mode: FileMode;
}

const isFileMode = (mode: string): mode is FileMode => mode === "100644" || mode === "100755" || mode === "120000";

async function* chunked<Value>(values: AsyncIterable<Value>, size: number): AsyncGenerator<Value[]> {
  let chunk: Value[] = [];
  for await (const value of values) {
    chunk.push(value);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}
