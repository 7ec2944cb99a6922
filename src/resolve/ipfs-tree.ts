import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CID } from "multiformats/cid";
import type { Depth, Exchange, FileMode, Refusal, RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { Gateway } from "./ipfs-blocks.ts";
import { bringFile, writeFile } from "./ipfs-file.ts";
import { Frontier } from "./ipfs-frontier.ts";
import { type DirectoryLink, isRaw, type Node, readNode } from "./ipfs-node.ts";
import { levelsOf, placesOf, readShardLink } from "./ipfs-shard.ts";
import { pathSegments } from "./path.ts";

/** Entries and parts of folders together that are looked at, so that folders which hold each other come to an end. */
const entriesMax = 10_000_000;
/** Answers in a row that did not come, after which a gateway is not asked for the rest of a listing. */
const silencesMax = 5;

/** Where the walk is: a name in a folder, or a part of a large folder (then with its places from the folder's root). */
interface Step {
  readonly cid: CID;
  readonly path: string;
  readonly linkSize?: number;
  readonly shard?: readonly number[];
}

/** A file or folder that was found, with its own block. */
export interface Located {
  readonly cid: CID;
  readonly node: Node;
  readonly exchange?: Exchange;
}

/** What turns a found file into an object. */
export interface Taking {
  readonly gateway: Gateway;
  readonly depth: Depth;
  /** A new empty folder of the run; asked for once, when the first file comes. */
  readonly scratch: () => Promise<string>;
}

/** Every file below a folder, in the order of its links; at depth `full` each is brought before it is told. */
export async function* listFiles(taking: Taking, root: Located): AsyncGenerator<RemoteObject | Refusal, void, void> {
  const { gateway, depth } = taking;
  const take = taker(taking);
  // A raw block is its file: its size stands in the folder, and at depth `probe` nothing else is wanted.
  const frontier = new Frontier<Step>(
    gateway,
    ({ cid, linkSize }) => depth === "full" || !isRaw(cid) || linkSize === undefined,
  );
  let count = 0;
  let silences = 0;
  for (const refusal of await enter({ cid: root.cid, path: "" }, root.node, frontier)) yield refusal;
  for (let next = await frontier.next(); next !== undefined; next = await frontier.next()) {
    const { item, block } = next;
    if (++count > entriesMax) {
      yield refuse("too-large", `more than \`${entriesMax}\` entries: the rest was not listed`);
      return;
    }
    if (block === undefined) {
      yield rawObject(gateway, item);
      continue;
    }
    if ("reason" in block) {
      silences = block.kind === "unreachable" ? silences + 1 : 0;
      // What it is was not told, so nothing below it can be called absent.
      yield item.shard === undefined && isRaw(item.cid)
        ? { path: item.path, url: gateway.address(item.cid), refusal: block }
        : { ...block, message: `\`${item.path.slice(0, 200)}\`: ${block.message}` };
      if (silences < silencesMax) continue;
      yield refuse("status-unexpected", "the gateway stopped answering: the rest was not listed");
      return;
    }
    silences = 0;
    const node = readNode(item.cid, block.bytes);
    if ("reason" in node) yield { path: item.path, url: gateway.address(item.cid), refusal: node };
    else if (item.shard !== undefined || node.kind === "directory" || node.kind === "shard") {
      for (const refusal of await enter(item, node, frontier)) yield refusal;
    } else yield await take(item.path, { cid: item.cid, node });
  }
}

/** Puts what a folder holds before all that waits; what it can not hold is told. */
async function enter(at: Step, node: Node, frontier: Frontier<Step>): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const steps: Step[] = [];
  const wrong = (name: string, what: string) =>
    refusals.push(refuse("reply-invalid", `\`${join(at.path, name).slice(0, 200)}\` ${what}`));
  const seen = new Map<string, number>();
  const add = (name: string, link: DirectoryLink): void => {
    const path = at.path === "" ? name : `${at.path}/${name}`;
    if (name.includes("/") || pathSegments(path) === undefined) {
      refusals.push(refuse("outside-blocked", `\`${path.slice(0, 200)}\` is no name of a file`));
      return;
    }
    seen.set(name, (seen.get(name) ?? 0) + 1);
    steps.push({ cid: link.cid, path, ...(link.size === undefined ? {} : { linkSize: link.size }) });
  };
  if (node.kind === "directory") {
    // A part of a large folder is never a small one.
    if (at.shard === undefined) for (const link of node.links) add(link.name, link);
    else wrong("", "is no part of the large folder that holds it");
  } else if (node.kind === "shard") {
    const trail = at.shard ?? [];
    const taken = new Set<number>();
    for (const link of node.links) {
      const read = readShardLink(link, node.fanout);
      if (read === undefined || taken.has(read.place)) {
        wrong(link.name, "is no name in a large folder");
        continue;
      }
      taken.add(read.place);
      const places = [...trail, read.place];
      if (read.name === undefined) {
        if (places.length < levelsOf(node.fanout)) steps.push({ cid: link.cid, path: at.path, shard: places });
        else wrong(link.name, "is a part of a large folder that lies too deep");
        continue;
      }
      // In another place nobody who looks for the name would find it, and it could stand in two of them.
      const right = await placesOf(read.name, node.fanout);
      if (places.every((place, level) => place === right[level])) add(read.name, link);
      else wrong(read.name, "stands where its name does not belong");
    }
  } else wrong("", "is no folder");
  const twice = new Set([...seen].filter(([, times]) => times > 1).map(([name]) => name));
  for (const name of twice) wrong(name, "stands in its folder more than once");
  const once =
    twice.size === 0 ? steps : steps.filter(({ path, shard }) => shard !== undefined || !twice.has(lastName(path)));
  const tooMany = frontier.push(once);
  return tooMany === undefined ? refusals : [...refusals, tooMany];
}

const lastName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Goes down to one entry: the block of each folder on the way is asked for, and nothing beside the way. */
export async function locate(gateway: Gateway, root: CID, path: string): Promise<Located | Refusal> {
  let at = await ask(gateway, root);
  for (const segment of path === "" ? [] : path.split("/")) {
    if ("reason" in at) return at;
    const inside = await findIn(gateway, at.node, segment);
    if (inside === undefined) {
      return refuse("not-found", `\`${root.toString().slice(0, 100)}\` holds no \`${path.slice(0, 200)}\``);
    }
    if ("reason" in inside) return inside;
    at = await ask(gateway, inside);
  }
  return at;
}

async function ask(gateway: Gateway, cid: CID): Promise<Located | Refusal> {
  const block = await gateway.get(cid);
  if ("reason" in block) return block;
  const node = readNode(cid, block.bytes);
  if ("reason" in node) return node;
  return { cid, node, ...(block.exchange === undefined ? {} : { exchange: block.exchange }) };
}

/** Finds a name in a folder, however many parts the folder is in: one of each level is asked for. */
async function findIn(gateway: Gateway, folder: Node, name: string): Promise<CID | Refusal | undefined> {
  if (folder.kind === "directory") {
    const [link, ...more] = folder.links.filter((one) => one.name === name);
    if (more.length === 0) return link?.cid;
    return refuse("reply-invalid", `\`${name.slice(0, 200)}\` stands in its folder more than once`);
  }
  if (folder.kind !== "shard") return undefined;
  const { fanout } = folder;
  let shard = folder;
  for (const place of await placesOf(name, fanout)) {
    let part: CID | undefined;
    for (const link of shard.links) {
      const read = readShardLink(link, fanout);
      if (read?.place !== place) continue;
      if (read.name === name) return link.cid;
      if (read.name === undefined) part = link.cid;
    }
    if (part === undefined) return undefined;
    const below = await ask(gateway, part);
    if ("reason" in below) return below;
    if (below.node.kind !== "shard" || below.node.fanout !== fanout) {
      return refuse("reply-invalid", "a part of the large folder is of another shape than the whole");
    }
    shard = below.node;
  }
  return undefined;
}

/** Makes objects of found files. At depth `full` their bytes come into a folder of the run, each block checked. */
export function taker({ gateway, depth, scratch }: Taking): (path: string, located: Located) => Promise<RemoteObject> {
  let folder: string | undefined;
  let files = 0;
  return async (path, { cid, node }) => {
    const url = gateway.address(cid);
    const marked = gateway.operatorEndpoint ? { operatorEndpoint: true } : {};
    if (node.kind !== "file" && node.kind !== "symlink") {
      return { path, url, ...marked, refusal: refuse("not-a-file", "it is a folder") };
    }
    const mode: FileMode = node.kind === "symlink" ? "120000" : node.executable ? "100755" : "100644";
    const size = node.kind === "symlink" ? node.target.length : node.size;
    const said = { size, mode, ...digestOf(cid) };
    if (depth !== "full") return { path, url, ...said, ...marked, listed: true };
    folder ??= await scratch();
    // No name of the publisher's ever becomes a name on this disk.
    const name = String(++files);
    const refusal =
      node.kind === "symlink"
        ? await writeFile(join(folder, name), [node.target])
        : await bringFile(gateway, cid, node, folder, name);
    if (refusal !== undefined) return { path, url, ...said, ...marked, refusal };
    const within = pathToFileURL(folder).href;
    return { path, url: `${within}/${name}`, within, ...said };
  };
}

function rawObject(gateway: Gateway, { cid, path, linkSize }: Step): RemoteObject {
  return {
    path,
    url: gateway.address(cid),
    ...(linkSize === undefined ? {} : { size: linkSize }),
    mode: "100644",
    ...digestOf(cid),
    ...(gateway.operatorEndpoint ? { operatorEndpoint: true } : {}),
    listed: true,
  };
}

/** A raw block is its file, so that its identifier holds the file's own digest. */
function digestOf(cid: CID): Pick<RemoteObject, "digest"> {
  if (!isRaw(cid)) return {};
  const { code, digest } = cid.multihash;
  const hex = Buffer.from(digest).toString("hex");
  if (code === 0x12) return { digest: { sha256: hex } };
  return code === 0x13 ? { digest: { sha512: hex } } : {};
}
