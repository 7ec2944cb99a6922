import { createHash } from "node:crypto";
import { lstatSync, readlinkSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { DigestLane } from "../digest/local.ts";
import type { LocalPlace } from "../io/files-inside.ts";
import { refuseError, refuseFile } from "../io/files-open.ts";
import { type Sink, tee } from "../io/sink.ts";
import type { Batch, BatchObject, Evidence, Refusal, Transfer } from "../model/evidence.ts";
import { LocalReader, loadSaidIn, type ReadLimits, type Seen } from "./local-reader.ts";
import type { ObjectEvents } from "./look.ts";
import type { MembersSeen } from "./look-members.ts";
import { mergeInspections, publishedOf } from "./look-parts.ts";
import type { LookTools } from "./look-tools.ts";

/** Looks at one local file. A promise only where something has to be waited for. */
export function lookLocal(
  batch: Batch,
  object: BatchObject,
  tools: LookTools,
  events: ObjectEvents,
  signal: AbortSignal,
): Evidence | Promise<Evidence> {
  const base: Base = { piece: batch.piece, location: batch.location, path: object.path, ...publishedOf(object) };
  const way = wayTo(object, tools);
  if ("status" in way) return { ...base, refusal: way };
  if (batch.depth === "probe") return { ...base, ...probeLocal(way) };
  if (object.mode === "120000" && object.expect === undefined && object.listed !== true)
    return tools.options.keepAll ? keepLink(base, way.path, tools) : { ...base, ...lookAtLink(way.path) };
  const lane = tools.lane(object.algorithms);
  const limits = { maxBytes: tools.options.maxBytes, signal, onBytes: events.bytes };
  if (tools.options.keepAll) return lookAndKeep(base, object, way, lane, events, limits, tools);
  if (object.members !== undefined || maySpeak(object) || lane instanceof Promise)
    return lookLong(base, object, way, lane, events, limits, tools);
  const seen = readWay(object, way, new LocalReader(lane, limits));
  const withBase = (done: Seen): Evidence => ({ ...base, ...asListed(object, done) });
  return seen instanceof Promise ? seen.then(withBase) : withBase(seen);
}

type Base = Pick<Evidence, "piece" | "location" | "path" | "published">;

/** A file that stands for what a host listed has its bytes, and what it is there counts: this disk knows nothing of it. */
function asListed({ listed, mode }: BatchObject, seen: Seen): Seen {
  if (listed !== true || mode === undefined || seen.transfer === undefined) return seen;
  const transfer = { ...seen.transfer, mode };
  // The bytes of a link say where it leads, and are not the file that its name promises.
  return mode === "120000" ? { transfer } : { ...seen, transfer };
}

/** A path that may be opened, and how to go on when it turns out to be a link. */
export interface Way {
  readonly path: string;
  readonly follow: () => LocalPlace | Refusal;
}

function wayTo(object: BatchObject, tools: LookTools): Way | Refusal {
  const { url, within } = object;
  if (within === undefined) {
    return { path: fileURLToPath(url), follow: () => refuseFile("outside-blocked", "it is a link") };
  }
  const inside = tools.inside(within);
  if ("status" in inside) return inside;
  const below = relative(fileURLToPath(within), fileURLToPath(url));
  const real = inside.resolve(below);
  return "status" in real ? real : { path: real.path, follow: () => inside.follow(below) };
}

/** Reads the file; where its name is a link, what the link leads to inside the border. */
function readWay(object: BatchObject, { path, follow }: Way, reader: LocalReader): Seen | Promise<Seen> {
  const first = reader.read(path, object);
  const done = (read: Transfer | Refusal): Seen | Promise<Seen> =>
    isLink(read) ? readFollowed(object, follow(), reader) : reader.seen(read);
  return first instanceof Promise ? first.then(done) : done(first);
}

/** True for the refusal of a name that is a link. */
export function isLink(read: Transfer | Refusal): boolean {
  return read.status === "refused" && read.errorCode === "ELOOP";
}

/** Reads what a link leads to. */
export function readFollowed(
  object: Pick<BatchObject, "path" | "licenseSource" | "tagSource" | "cardSource">,
  target: LocalPlace | Refusal,
  reader: LocalReader,
): Seen | Promise<Seen> {
  if ("status" in target) return { refusal: target };
  const read = reader.read(target.path, object);
  return read instanceof Promise ? read.then((done) => reader.seen(done)) : reader.seen(read);
}

function maySpeak({ licenseSource, tagSource, cardSource }: BatchObject): boolean {
  return licenseSource === true || tagSource === true || cardSource === true;
}

/** A file for which something has to be loaded first: its algorithms, or what reads members or licences. */
async function lookLong(
  base: Base,
  object: BatchObject,
  way: Way,
  lane: DigestLane | Promise<DigestLane>,
  events: ObjectEvents,
  limits: ReadLimits,
  tools: LookTools,
): Promise<Evidence> {
  const ready = await lane;
  const saidIn = await loadSaidIn(object, tools);
  const readFile = (taps: readonly Sink[]): Seen | Promise<Seen> =>
    readWay(object, way, new LocalReader(ready, taps.length === 0 ? limits : { ...limits, tap: tee(taps) }, saidIn));
  const kept = limits.tap === undefined ? [] : [limits.tap];
  if (object.members === undefined) return { ...base, ...asListed(object, await readFile(kept)) };
  const { lookAtMembers } = await import("./look-members.ts");
  const members = lookAtMembers(base, object, events.members);
  const seen = await readFile([members.sink, ...kept]);
  if (seen.transfer === undefined) {
    await members.abandon();
    return { ...base, ...seen };
  }
  const inside: MembersSeen = await members.finish(way.path);
  return { ...base, ...asListed(object, seen), inspection: mergeInspections(seen.inspection, inside) };
}

/** Looks at a file while the very bytes that are looked at go into the store. */
async function lookAndKeep(
  base: Base,
  object: BatchObject,
  way: Way,
  lane: DigestLane | Promise<DigestLane>,
  events: ObjectEvents,
  limits: ReadLimits,
  tools: LookTools,
): Promise<Evidence> {
  const store = await tools.store();
  if (store === undefined) throw new TypeError("keeping needs a store");
  // Without a key: what an earlier run left is of a file that may have changed since.
  const aside = await store.aside();
  const seen = await lookLong(base, object, way, lane, events, { ...limits, tap: aside }, tools).catch(
    async (error) => {
      await aside.discard();
      throw error;
    },
  );
  const sha256 = seen.transfer?.digest.sha256;
  if (seen.transfer === undefined || sha256 === undefined) {
    await aside.discard();
    return seen;
  }
  await aside.commitSoon(sha256);
  return { ...seen, transfer: { ...seen.transfer, storedAs: sha256 } };
}

/** At depth `probe`: is it there, and how long is it. */
export function probeLocal({ path, follow }: Way): Pick<Evidence, "probed" | "refusal"> {
  try {
    const stats = lstatSync(path);
    if (stats.isFile()) return { probed: { size: stats.size } };
    const target = stats.isSymbolicLink() ? follow() : undefined;
    if (target !== undefined) {
      if ("status" in target) return { refusal: target };
      const led = lstatSync(target.path);
      if (led.isFile()) return { probed: { size: led.size } };
    }
    return { refusal: refuseFile("not-a-file", "it is no regular file") };
  } catch (error) {
    return { refusal: refuseError(error) };
  }
}

/** The same, and the blob goes into the store: a tree is told anew by what is in it. */
async function keepLink(base: Base, path: string, tools: LookTools): Promise<Evidence> {
  const store = await tools.store();
  if (store === undefined) throw new TypeError("keeping needs a store");
  const { transfer, ...seen } = lookAtLink(path);
  if (transfer === undefined) return { ...base, ...seen };
  const bytes = readlinkSync(path, { encoding: "buffer" });
  const [sha256, sha512] = ["sha256", "sha512"].map((one) => createHash(one).update(bytes).digest("hex"));
  if (sha256 === undefined || sha512 === undefined) throw new TypeError("two digests were asked for");
  const aside = await store.aside();
  await aside.write(bytes);
  await aside.commitSoon(sha256);
  return { ...base, transfer: { ...transfer, digest: { ...transfer.digest, sha256, sha512 }, storedAs: sha256 } };
}

/** A link as git keeps it: a blob that holds where it leads. */
function lookAtLink(path: string): Seen {
  try {
    const target = Buffer.from(readlinkSync(path, { encoding: "buffer" }));
    const gitBlob = createHash("sha1").update(`blob ${target.length}\0`).update(target).digest("hex");
    return {
      transfer: { status: "read", size: target.length, digest: { gitBlob }, lengthProven: true, mode: "120000" },
    };
  } catch (error) {
    return { refusal: refuseError(error) };
  }
}
