import { realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { refuseError, refuseFile } from "../../io/files-open.ts";
import type { Found, Refusal, RemoteObject, Resolution } from "../../model/evidence.ts";
import { listFolder, listPaths, localObjects } from "../folder.ts";
import { notTheObject, only, pathRefused, pathSegments, selectedPath } from "../path.ts";
import { defineResolver, type ResolveContext } from "../resolver.ts";

type Ref = {
  /** As written: absolute, or relative to the manifest's folder. Not percent-decoded. */
  readonly path: string;
  /** Below that: a folder or file, or, when `unpack`, members of the archive that it is. */
  readonly below: string;
  readonly unpack: boolean;
};

/**
 * A folder or a file of this machine. What lies inside the manifest's own folder is part of the release itself and
 * moves only with it, so such a location needs no pin; any other path means whatever is there today.
 */
export const file = defineResolver<Ref>({
  id: "file",
  parse({ uri, path: below, unpack = false }) {
    const path = localPath(uri);
    const selected = selectedPath(below);
    return path === undefined || selected === undefined ? undefined : { path, below: selected, unpack };
  },
  isPinned({ path }) {
    return !isAbsolute(path) && !leaves(path);
  },
  async resolve(ref, context) {
    const place = await locate(ref, context);
    return "status" in place ? withMeant(place, ref) : look(ref, place, context);
  },
});

/** People leave away how an address or a DOI begins; then no file has such a name. */
function withMeant(refusal: Refusal, { path }: Ref): Refusal {
  if (refusal.reason !== "not-found") return refusal;
  const [first = ""] = path.split("/", 1);
  const meant = /^10\.\d{4,9}$/.test(first)
    ? "a DOI begins with `doi:`"
    : /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(first) && path.includes("/")
      ? "an address begins with `https://`"
      : undefined;
  return meant === undefined ? refusal : { ...refusal, message: `${refusal.message} (${meant})` };
}

/** The path that a uri names, or undefined for what is no local path. */
function localPath(uri: string): string | undefined {
  if (uri === "" || uri.includes("\0") || /\p{Surrogate}/u.test(uri)) return undefined;
  if (/^file:/i.test(uri)) {
    // Queries and fragments would be dropped, and another host's files are not ours.
    if (!/^file:\/\/\/[^?#]*$/i.test(uri)) return undefined;
    try {
      const path = fileURLToPath(uri);
      return path.includes("\0") ? undefined : path;
    } catch {
      return undefined;
    }
  }
  // A colon in the first segment is a scheme or `host:path` (RFC 3986, 4.2); `//` begins a host's name.
  return uri.startsWith("//") || /^[^/]*:/.test(uri) ? undefined : uri;
}

/** True for a relative path that ends above where it starts. */
function leaves(path: string): boolean {
  const from = resolve("/base");
  return !isInside(resolve(from, path), from);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

interface Place {
  /** With every link followed. */
  readonly real: string;
  /** The folder that files must stay in, links followed: the file system's root when the user let them go anywhere. */
  readonly within: string;
}

/** Where a local path leads, and whether it may lead there. */
export async function locate({ path, below, unpack }: Ref, context: ResolveContext): Promise<Place | Refusal> {
  const { baseFolder, allowOutside } = context;
  if (baseFolder === undefined && !(isAbsolute(path) && allowOutside)) {
    return refuseFile("outside-blocked", "it is a local path, and this manifest lies in no local folder");
  }
  const from = baseFolder ?? "/";
  const target = resolve(from, path, unpack ? "" : below);
  const outside = () => refuseFile("outside-blocked", "it leads out of the manifest's folder");
  // By its spelling first, so that nobody learns from our answers what lies outside.
  const insideAsWritten = isInside(target, from);
  if (!allowOutside && !insideAsWritten && !isAbsolute(path)) return outside();
  try {
    if (allowOutside) return { real: await realpath(target), within: parse(target).root };
    const within = await realpath(from);
    if (!insideAsWritten && !isInside(target, within)) return outside();
    const real = await realpath(target);
    return isInside(real, within) ? { real, within } : outside();
  } catch (error) {
    return refuseError(error);
  }
}

async function look(ref: Ref, { real, within }: Place, { signal }: ResolveContext): Promise<Resolution> {
  const pinned = file.isPinned(ref);
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(real);
  } catch (error) {
    return refuseError(error);
  }
  if (stats.isDirectory()) {
    if (ref.unpack) return refuseFile("not-a-file", "it is a folder, not an archive");
    const border = pathToFileURL(within).href;
    const objectOf = localObjects(real, border);
    return {
      status: "found",
      pinned,
      objects: restartable(() => listFolder(real, border, signal)),
      paths: restartable(() => listPaths(real, signal)),
      objectAt: (path) => (pathSegments(path) === undefined ? pathRefused(path) : objectOf(path)),
      folder: { url: pathToFileURL(real).href.replace(/\/$/, ""), within: border },
    };
  }
  if (!stats.isFile()) return refuseFile("not-a-file", "it is a device, a pipe or a socket");
  const object: RemoteObject = {
    // The name as declared: a link's own, not that of the file it leads to.
    path: basename(join(ref.path, ref.unpack ? "" : ref.below)),
    url: pathToFileURL(real).href,
    size: stats.size,
    mode: (stats.mode & 0o100) === 0 ? "100644" : "100755",
  };
  if (ref.unpack) {
    const members = ref.below === "" ? { strip: 0 } : { strip: 0, prefix: ref.below };
    return { status: "found", pinned, single: true, objects: restartable(() => only({ ...object, members })) };
  }
  const objectAt: Found["objectAt"] = (path) => (path === object.path ? object : notTheObject(path, object.path));
  return { status: "found", pinned, single: true, objects: restartable(() => only(object)), objectAt };
}

/** Lists anew for each reader. */
function restartable<Value>(list: () => AsyncGenerator<Value>): AsyncIterable<Value> {
  return { [Symbol.asyncIterator]: list };
}
