import { createHash } from "node:crypto";
import { lstatSync, readlinkSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type DigestLane, digestLocalFile } from "../digest/local.ts";
import { inspectBytes } from "../inspect/inspector.ts";
import type { LocalPlace } from "../io/files-inside.ts";
import { refuseError, refuseFile } from "../io/files-open.ts";
import type { Sink } from "../io/sink.ts";
import type {
  Batch,
  BatchObject,
  Evidence,
  Inspection,
  LicenseSighting,
  Refusal,
  Transfer,
} from "../model/evidence.ts";
import type { ObjectEvents } from "./look.ts";
import { lookAtMembers, type MembersSeen } from "./look-members.ts";
import { LICENSE_MAX_BYTES, licensesOf, mergeInspections, publishedOf } from "./look-parts.ts";
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
  if (batch.depth === "probe") return { ...base, ...probe(way) };
  if (object.mode === "120000" && object.expect === undefined) return { ...base, ...lookAtLink(way.path) };
  const lane = tools.lane(object.algorithms);
  if (object.members !== undefined || lane instanceof Promise) return lookLong(base, object, way, lane, events, signal);
  const seen = readOnce(object, way, lane, tools.options.maxBytes, signal);
  return seen instanceof Promise ? seen.then((done) => ended(done)) : ended(seen);

  function ended(seen: Seen): Evidence {
    if (seen.transfer !== undefined) events.bytes(seen.transfer.size);
    return { ...base, ...seen };
  }
}

type Base = Pick<Evidence, "piece" | "location" | "path" | "published">;
type Seen = Pick<Evidence, "transfer" | "refusal" | "inspection" | "licenses">;

/** A path that may be opened, and how to go on when it turns out to be a link. */
interface Way {
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
  // The spelling of nearly all paths is the same in a URL, and taking each apart would cost more than opening it.
  const plain = url.startsWith(within) && url[within.length] === "/" && !url.includes("%");
  const below = plain ? url.slice(within.length + 1) : relative(fileURLToPath(within), fileURLToPath(url));
  const real = inside.resolve(below);
  return "status" in real ? real : { path: real.path, follow: () => inside.follow(below) };
}

/** Reads the file; where its name is a link, what the link leads to inside the border. */
function readOnce(
  object: BatchObject,
  { path, follow }: Way,
  lane: DigestLane,
  maxBytes: number,
  signal: AbortSignal,
  tap?: Sink,
): Seen | Promise<Seen> {
  let inspection: Inspection | undefined;
  let licenses: readonly LicenseSighting[] = [];
  const read = (at: string): Transfer | Refusal | Promise<Transfer | Refusal> =>
    digestLocalFile(at, lane, {
      maxBytes,
      signal,
      ...(tap === undefined ? {} : { tap }),
      onHead: (head, file) => {
        // A big file's end is looked at too: that is where some formats say whether they are whole.
        inspection = inspectBytes(object.path, head, file.size, file.last);
        if (object.licenseSource === true) {
          // One byte too many tells that it is no licence text.
          licenses = licensesOf(object, file.last(LICENSE_MAX_BYTES + 1));
        } else if (object.tagSource === true) licenses = licensesOf(object, head);
      },
    });
  const first = read(path);
  const done = (transfer: Transfer | Refusal): Seen | Promise<Seen> => {
    if (transfer.status === "refused") {
      if (transfer.errorCode !== "ELOOP") return { refusal: transfer };
      const target = follow();
      if ("status" in target) return { refusal: target };
      const second = read(target.path);
      return second instanceof Promise ? second.then(seen) : seen(second);
    }
    return seen(transfer);
  };
  const seen = (transfer: Transfer | Refusal): Seen => {
    if (transfer.status === "refused") return { refusal: transfer };
    const tells = inspection !== undefined && (inspection.format !== undefined || inspection.hazards.length > 0);
    return {
      transfer,
      ...(tells && inspection !== undefined ? { inspection } : {}),
      ...(licenses.length === 0 ? {} : { licenses }),
    };
  };
  return first instanceof Promise ? first.then(done) : done(first);
}

/** A file whose members are wanted, or whose algorithms have to be loaded first. */
async function lookLong(
  base: Base,
  object: BatchObject,
  way: Way,
  lane: DigestLane | Promise<DigestLane>,
  events: ObjectEvents,
  signal: AbortSignal,
): Promise<Evidence> {
  const ready = await lane;
  const readFile = (tap?: Sink): Seen | Promise<Seen> =>
    readOnce(object, way, ready, Number.MAX_SAFE_INTEGER, signal, tap);
  if (object.members === undefined) {
    const seen = await readFile();
    events.bytes(seen.transfer?.size ?? 0);
    return { ...base, ...seen };
  }
  const members = lookAtMembers(base, object, events.members);
  const seen = await readFile(members.sink);
  if (seen.transfer === undefined) {
    await members.abandon();
    return { ...base, ...seen };
  }
  const inside: MembersSeen = await members.finish(way.path);
  events.bytes(seen.transfer.size);
  return { ...base, ...seen, inspection: mergeInspections(seen.inspection, inside) };
}

/** At depth `probe`: is it there, and how long is it. */
function probe({ path, follow }: Way): Pick<Evidence, "probed" | "refusal"> {
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
