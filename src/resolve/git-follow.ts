import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Followed, Refusal } from "../model/evidence.ts";
import { type LfsPointer, readLfsPointer } from "../model/lfs-pointer.ts";
import { refuse } from "../model/refusal.ts";
import { type Blobs, openBlobs, smallBytes } from "./git-blobs.ts";
import { type LargeFiles, lfsAtOnce } from "./git-lfs.ts";
import { type LinkEnd, linkEnds } from "./git-links.ts";
import type { ObjectSource } from "./git-objects.ts";

/** What links are followed in. */
export interface LinkSource extends Pick<ObjectSource, "git" | "scratch" | "writes" | "largeFiles"> {
  /** The commit's own tree: what leaves it leaves the repository. */
  readonly root: string;
  /** What comes before the listed paths there. */
  readonly prefix: string;
}

/** Links that are followed at a time. */
const linksAtOnce = 256;

/** Follows a location's links when it is asked to: a repository may have any number that nobody means. */
export function openFollow(source: LinkSource): (paths: readonly string[]) => Promise<readonly Followed[]> {
  let place: Promise<string> | undefined;
  return async (paths) => {
    const all: Followed[] = [];
    for (let from = 0; from < paths.length; from += linksAtOnce) {
      place ??= source.scratch();
      all.push(...(await follow(source, await place, paths.slice(from, from + linksAtOnce))));
    }
    return all;
  };
}

type Placed = { readonly object: Exclude<Followed, Refusal | undefined>; readonly pointer: LfsPointer | undefined };

async function follow(source: LinkSource, folder: string, paths: readonly string[]): Promise<readonly Followed[]> {
  const { git, root, prefix, writes, largeFiles } = source;
  const ends = await linkEnds(
    git,
    root,
    paths.map((path) => prefix + path),
  );
  const blobs = openBlobs(git);
  const known = new Map<string, Placed | Refusal | undefined>();
  try {
    for (const end of ends) {
      if (end === undefined || end.status === "refused" || known.has(end.id)) continue;
      known.set(end.id, await placed(end, blobs, folder, writes));
    }
  } finally {
    blobs.close();
  }
  await takeLargeFiles(known, largeFiles);
  return ends.map((end): Followed => {
    if (end === undefined) return writes ? refuse("not-found", "it is a link that leads out of the repository") : end;
    if (end.status === "refused") return end;
    const one = known.get(end.id);
    return one === undefined || "status" in one ? one : one.object;
  });
}

/** Writes the file under its id, where somebody is going to read it and it is not there yet. */
async function placed(
  { id, size }: LinkEnd,
  blobs: Blobs,
  folder: string,
  writes: boolean,
): Promise<Placed | Refusal | undefined> {
  const within = pathToFileURL(folder).href;
  const digest = id.length === 40 ? { digest: { gitBlob: id } } : {};
  const object = { url: `${within}/${id}`, size, ...digest, within, listed: true } as const;
  if (size >= smallBytes && (!writes || existsSync(`${folder}/${id}`))) return { object, pointer: undefined };
  await blobs.ask([id]);
  const blob = await blobs.next(id, writes ? folder : undefined);
  if (blob.status === "refused") return blob;
  if (blob.status === "elsewhere") return undefined;
  return { object, pointer: blob.bytes === undefined ? undefined : readLfsPointer(blob.bytes) };
}

/** A link to a pointer leads to the large file. */
async function takeLargeFiles(
  known: Map<string, Placed | Refusal | undefined>,
  largeFiles: LargeFiles | undefined,
): Promise<void> {
  const pointing = [...known].flatMap(([id, one]) =>
    one === undefined || "status" in one || one.pointer === undefined ? [] : [{ id, pointer: one.pointer }],
  );
  if (largeFiles === undefined) return;
  for (let from = 0; from < pointing.length; from += lfsAtOnce) {
    const some = pointing.slice(from, from + lfsAtOnce);
    const told = await largeFiles.ask(some.map(({ pointer }) => pointer));
    for (const [at, { id, pointer }] of some.entries()) {
      const large = told[at];
      if (large !== undefined) known.set(id, { object: { ...large, listed: true }, pointer });
    }
  }
}
