import { createHash } from "node:crypto";
import { z } from "zod";
import type { FileMode, HostSign, Refusal, RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { pathSegments } from "./path.ts";
import type { SwhApi, SwhReply } from "./swh-api.ts";

const hash = z.lazy(() => z.string().regex(/^[0-9a-f]{40}$/));

const Entries = z.lazy(() =>
  z.array(
    z.object({
      type: z.enum(["file", "dir", "rev"]),
      target: hash,
      name: z.string(),
      perms: z.number().int().nonnegative(),
      length: z.number().int().nonnegative().nullish().catch(undefined),
      status: z.string().optional().catch(undefined),
      checksums: z
        .object({
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .optional()
            .catch(undefined),
        })
        .optional()
        .catch(undefined),
      decoding_failures: z.array(z.string()).optional(),
    }),
  ),
);

/** One name in a folder, after the folder was held against its identifier. */
export interface TreeEntry {
  readonly name: string;
  /** The name is not UTF-8: `name` has escapes in it. */
  readonly undecoded: boolean;
  readonly kind: "file" | "dir" | "rev";
  readonly target: string;
  readonly mode: number;
  readonly size?: number;
  readonly sha256?: string;
  /** The archive knows the file by name and says that it does not keep its bytes. */
  readonly unkept: boolean;
}

/** A folder of the archive. */
export interface Tree {
  readonly hash: string;
  /** In git's order, which is the order of whole paths by bytes. */
  readonly entries: readonly TreeEntry[];
}

/** Folders inside folders that are followed. No path that can be asked for is deeper. */
const depthMax = 512;
/** Entries of all folders together that are listed, so that folders which hold each other a thousandfold come to an end. */
const entriesMax = 10_000_000;
/** Submodules that are told. */
const signsMax = 100;

/**
 * Asks for one folder, and holds what is listed against the folder's identifier: names, modes and what they stand for
 * are then no longer the archive's word.
 */
export async function askTree(api: SwhApi, id: string): Promise<SwhReply<Tree> | Refusal> {
  const about = `the folder \`swh:1:dir:${id}\``;
  const reply = await api.get(`directory/${id}/`, Entries, about);
  if (reply.status === "refused") return reply;
  const { exchange } = reply;
  const listed = reply.body.map((entry) => {
    const undecoded = entry.decoding_failures?.includes("name") === true;
    const bytes = undecoded ? unescaped(entry.name) : Buffer.from(entry.name, "utf8");
    const { name, type: kind, target, perms: mode, length, checksums, status } = entry;
    const known = { ...sized(length), ...(checksums?.sha256 === undefined ? {} : { sha256: checksums.sha256 }) };
    // Git compares a folder's name as if it ended in `/`.
    const key = kind === "dir" ? Buffer.concat([bytes, slash]) : bytes;
    return { bytes, key, entry: { name, undecoded, kind, target, mode, ...known, unkept: status === "absent" } };
  });
  listed.sort((a, b) => Buffer.compare(a.key, b.key));
  if (treeHash(listed) !== id) {
    const message = `what Software Heritage lists for ${about} has another identifier, so it is another folder`;
    return refuse("reply-invalid", message, { url: exchange.url });
  }
  return { status: "ok", exchange, body: { hash: id, entries: listed.map(({ entry }) => entry) } };
}

const slash = Buffer.from("/");

const sized = (length: number | null | undefined): { readonly size?: number } =>
  length === undefined || length === null ? {} : { size: length };

/** The identifier of a folder: that of git's tree object. */
function treeHash(entries: readonly { readonly bytes: Buffer; readonly entry: TreeEntry }[]): string {
  const parts = entries.flatMap(({ bytes, entry: { mode, target } }) => [
    Buffer.from(`${mode.toString(8)} `),
    bytes,
    Buffer.from([0]),
    Buffer.from(target, "hex"),
  ]);
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const sum = createHash("sha1").update(`tree ${size}\0`);
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}

/** The bytes of a name that is not UTF-8: the archive writes each bad one as `\xNN`, and a backslash as two. */
function unescaped(name: string): Buffer {
  const parts = name.split(/(\\x[0-9a-f]{2}|\\\\)/i);
  return Buffer.concat(
    parts.map((part) => {
      if (part === "\\\\") return Buffer.from("\\");
      return /^\\x[0-9a-f]{2}$/i.test(part) ? Buffer.from(part.slice(2), "hex") : Buffer.from(part, "utf8");
    }),
  );
}

/** The object of a file of the archive. */
export function contentObject(
  api: SwhApi,
  path: string,
  file: Pick<TreeEntry, "target" | "size" | "sha256" | "unkept"> & { readonly mode?: number },
): RemoteObject {
  const { target, size, sha256, unkept, mode } = file;
  const listed = size !== undefined || unkept;
  return {
    path,
    url: `${api.base}content/sha1_git:${target}/raw/`,
    ...(size === undefined ? {} : { size }),
    digest: { gitBlob: target, ...(sha256 === undefined ? {} : { sha256 }) },
    ...(mode === undefined ? {} : { mode: fileMode(mode) }),
    ...(api.operatorEndpoint ? { operatorEndpoint: true } : {}),
    ...(listed ? { listed: true } : {}),
    ...(unkept
      ? { refusal: refuse("not-found", "Software Heritage knows this file and does not keep its bytes") }
      : {}),
  };
}

function fileMode(mode: number): FileMode {
  if ((mode & 0o170000) === 0o120000) return "120000";
  return (mode & 0o100) === 0 ? "100644" : "100755";
}

/** Where the walk stands in one folder. */
interface Place {
  readonly tree: Tree;
  readonly path: string;
  next: number;
}

/**
 * Every file below a folder, one folder's question at a time. No more is held than the folders on the way down to the
 * file that is told; submodules are added to `signs` as they are met.
 */
export async function* listTree(
  api: SwhApi,
  root: Tree,
  signs: HostSign[],
): AsyncGenerator<RemoteObject | Refusal, void, void> {
  const stack: Place[] = [{ tree: root, path: "", next: 0 }];
  let count = 0;
  for (let place = stack.at(-1); place !== undefined; place = stack.at(-1)) {
    const entry = place.tree.entries[place.next];
    place.next += 1;
    if (entry === undefined) {
      stack.pop();
      continue;
    }
    const path = place.path + entry.name;
    if (++count > entriesMax) {
      yield refuse("too-large", `more than \`${entriesMax}\` entries: the rest was not listed`);
      return;
    }
    if (entry.undecoded) yield refuse("reply-invalid", `\`${path.slice(0, 200)}\`: its name is not UTF-8`);
    else if (entry.name.includes("/") || pathSegments(path) === undefined) {
      yield refuse("outside-blocked", `\`${path.slice(0, 200)}\` is no name of a file`);
    } else if (entry.kind === "file") yield contentObject(api, path, entry);
    else if (entry.kind === "rev") noteSubmodule(signs, path, entry.target);
    else if (stack.length > depthMax) yield refuse("too-large", `\`${path.slice(0, 200)}\` lies too deep`);
    else {
      const reply = await askTree(api, entry.target);
      if (reply.status === "ok") stack.push({ tree: reply.body, path: `${path}/`, next: 0 });
      else if (reply.kind !== "absent") {
        yield reply;
        return;
      } else {
        // Nothing that lies in it is known to be absent: the archive contradicts itself.
        const message = `Software Heritage lists the folder \`${path.slice(0, 200)}\` and does not have it`;
        yield { ...reply, ...refuse("reply-invalid", message) };
      }
    }
  }
}

function noteSubmodule(signs: HostSign[], at: string, commit: string): void {
  if (signs.length >= signsMax || signs.some((sign) => sign.code === "submodule" && sign.at === at)) return;
  signs.push({ code: "submodule", at, detail: `it stands at commit \`${commit}\`` });
}

/** Goes down to one entry of a folder; each folder on the way is held against its identifier. */
export async function findEntry(
  api: SwhApi,
  root: Tree,
  path: string,
): Promise<{ readonly tree: Tree } | { readonly file: TreeEntry } | Refusal> {
  let tree = root;
  const segments = path === "" ? [] : path.split("/");
  for (const [at, segment] of segments.entries()) {
    const entry = tree.entries.find(({ name, undecoded }) => !undecoded && name === segment);
    const isLast = at === segments.length - 1;
    const where = segments
      .slice(0, at + 1)
      .join("/")
      .slice(0, 200);
    if (entry === undefined || (!isLast && entry.kind === "file")) {
      return refuse("not-found", `the folder \`swh:1:dir:${root.hash}\` holds no \`${path.slice(0, 200)}\``);
    }
    if (entry.kind === "rev") {
      const message = `\`${where}\` is another repository at commit \`${entry.target}\`: name \`swh:1:rev:${entry.target}\``;
      return refuse("not-a-file", message);
    }
    if (entry.kind === "file") return { file: entry };
    const reply = await askTree(api, entry.target);
    if (reply.status === "ok") tree = reply.body;
    else if (reply.kind !== "absent") return reply;
    else {
      const message = `Software Heritage lists the folder \`${where}\` and does not have it`;
      return { ...reply, ...refuse("reply-invalid", message) };
    }
  }
  return { tree };
}
