import { copyFile } from "node:fs/promises";
import { type Digester, loadDigesters } from "../digest/digester.ts";
import { type Fetched, fetchObject } from "../fetch/fetch.ts";
import { createInspector, type Inspector } from "../inspect/inspector.ts";
import type { Authorization, HttpRequest } from "../io/http.ts";
import { type Sink, tee } from "../io/sink.ts";
import { openFileSink } from "../io/sink-file.ts";
import { algorithmInfo, type DigestAlgorithm, type DigestSet, digestAlgorithms, subjectOf } from "../model/digest.ts";
import type { Batch, BatchObject, Evidence, Refusal, Transfer } from "../model/evidence.ts";
import { LocalReader, loadSaidIn, type Seen } from "./local-reader.ts";
import type { ObjectEvents } from "./look.ts";
import { saidIn } from "./look-licenses.ts";
import { lookAtMembers, type MembersLook } from "./look-members.ts";
import { collectBytes, LICENSE_MAX_BYTES, mergeInspections, publishedOf } from "./look-parts.ts";
import type { LookTools } from "./look-tools.ts";

/** First bytes that are kept to look for a licence tag. */
const TAG_BYTES = 8 * 1024;

/** Looks at one object behind http(s): asks at depth `probe`, reads every byte at depth `full`. */
export async function lookRemote(
  batch: Batch,
  object: BatchObject,
  tools: LookTools,
  events: ObjectEvents,
  signal: AbortSignal,
  authorization: Authorization | undefined,
): Promise<Evidence> {
  const base = { piece: batch.piece, location: batch.location, path: object.path, ...publishedOf(object) };
  const request = {
    url: object.url,
    operatorEndpoint: object.operatorEndpoint === true,
    ...(object.encodedAtRest === true ? { encodedAtRest: true } : {}),
    ...(authorization === undefined ? {} : { authorization }),
  };
  if (batch.depth === "probe") {
    const answer = await tools.http().probe({ ...request, signal });
    if (answer.status === "refused") return { ...base, refusal: answer };
    const { contentLength, mediaType } = answer.exchange;
    return {
      ...base,
      published: {
        ...(contentLength === undefined ? {} : { size: contentLength }),
        ...(mediaType === undefined ? {} : { mediaType }),
        ...base.published,
      },
      probed: { exchange: answer.exchange },
    };
  }
  const kept = await fromStore(object, request, tools, signal);
  if (kept !== undefined) return { ...base, ...kept };

  const store = await tools.store();
  const digesters = await loadDigesters(object.algorithms);
  const copy = object.copyTo === undefined ? undefined : openFileSink(object.copyTo);
  const fetchOnce = async (fresh: boolean): Promise<Evidence | "joined-wrongly"> => {
    let look: RemoteLook | undefined;
    const openSink = (): Sink => {
      // A restart begins at byte 0: what the last try saw of the bytes does not count.
      if (look?.members?.hasTold === true) throw new RestartTooLate();
      void look?.members?.abandon();
      copy?.restart();
      const digester = digesters.create(object.size === undefined ? {} : { size: object.size });
      look = startLook(base, object, events, digester, copy);
      return look.sink;
    };
    const fetched = await fetchObject(
      {
        ...request,
        fresh,
        maxBytes: Math.min(tools.options.maxBytes, capOf(object)),
        ...(object.expect === undefined ? {} : { expect: object.expect }),
      },
      openSink,
      { http: tools.http(), signal, ...(store === undefined ? {} : { store }) },
    ).catch((error: unknown) => {
      if (error instanceof RestartTooLate) return restartTooLate;
      throw error;
    });
    if (fetched.status === "refused" || look === undefined) {
      await look?.members?.abandon();
      return { ...base, refusal: fetched.status === "refused" ? fetched : restartTooLate };
    }
    const current: RemoteLook = look;
    const digest = current.digester.digest();
    if (
      fetched.joinUnproven &&
      !fresh &&
      !isExpected(object, fetched.size, digest) &&
      !(current.members?.hasTold ?? false)
    ) {
      await current.members?.abandon();
      await fetched.kept?.discard();
      return "joined-wrongly";
    }
    const members = current.members === undefined ? undefined : await current.members.finish();
    const inspected = current.inspector.finish(true);
    const inspection = members === undefined ? inspected : mergeInspections(inspected, members);
    const text = current.text?.bytes;
    const said = text === undefined ? {} : saidIn(object, text);
    const storedAs = await keep(fetched, object, digest, tools);
    const transfer: Transfer = {
      status: "read",
      size: fetched.size,
      digest,
      lengthProven: fetched.lengthProven,
      exchange: fetched.exchange,
      ...(storedAs === undefined ? {} : { storedAs }),
      ...(object.mode === undefined ? {} : { mode: object.mode }),
    };
    const tells = inspection.format !== undefined || inspection.hazards.length > 0 || members !== undefined;
    return { ...base, transfer, ...(tells ? { inspection } : {}), ...said };
  };
  try {
    const seen = await fetchOnce(false);
    if (seen !== "joined-wrongly") return seen;
    // Two answers were joined on the digest's word, and it did not hold: the host is to blame only when one answer does not.
    const again = await fetchOnce(true);
    return again === "joined-wrongly" ? { ...base, refusal: restartTooLate } : again;
  } finally {
    copy?.close();
  }
}

class RestartTooLate extends Error {}

const restartTooLate: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "truncated",
  message: "the transfer broke off after part of the archive's members had been read",
};

interface RemoteLook {
  readonly sink: Sink;
  readonly digester: Digester;
  readonly inspector: Inspector;
  readonly members: MembersLook | undefined;
  readonly text: { readonly bytes: Uint8Array | undefined } | undefined;
}

function startLook(
  base: Pick<Evidence, "piece" | "location">,
  object: BatchObject,
  events: ObjectEvents,
  digester: Digester,
  copy: Sink | undefined,
): RemoteLook {
  const inspector = createInspector({ path: object.path, ...(object.size === undefined ? {} : { size: object.size }) });
  const members = object.members === undefined ? undefined : lookAtMembers(base, object, events.members);
  const text =
    object.licenseSource === true || object.cardSource === true
      ? collectBytes(LICENSE_MAX_BYTES)
      : object.tagSource === true
        ? firstBytes(TAG_BYTES)
        : undefined;
  const counter: Sink = { write: (chunk) => events.bytes(chunk.length) };
  const sinks = [
    digester,
    inspector,
    counter,
    ...(text === undefined ? [] : [text]),
    ...(copy === undefined ? [] : [copy]),
    ...(members === undefined ? [] : [members.sink]),
  ];
  return { sink: tee(sinks), digester, inspector, members, text };
}

/**
 * Bytes that the store has under a declared sha256 need not come again where the host says by a digest of its own that
 * it still has them: a copy of ours says nothing about the location, and neither does a length.
 */
async function fromStore(
  object: BatchObject,
  request: Pick<HttpRequest, "url" | "authorization" | "operatorEndpoint">,
  tools: LookTools,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  const sha256 = object.expect?.digest?.sha256;
  const store = await tools.store();
  if (sha256 === undefined || store === undefined || object.members !== undefined || isSpoken(object)) return undefined;
  const said = wordsOf(object);
  const path = said.length === 0 ? undefined : await store.has(sha256);
  if (path === undefined) return undefined;
  const answer = await tools.http().probe({ ...request, signal });
  if (answer.status === "refused") return { refusal: answer };
  const { contentLength } = answer.exchange;
  const limits = { maxBytes: tools.options.maxBytes, signal, onBytes: () => undefined };
  const reader = new LocalReader(await tools.lane(object.algorithms), limits, await loadSaidIn(object, tools));
  const read = await reader.read(path, object);
  if (read.status === "refused" || read.digest.sha256 !== sha256) return undefined;
  if (contentLength !== undefined && contentLength !== read.size) return undefined;
  if (!said.every((algorithm) => read.digest[algorithm] === object.digest?.[algorithm])) return undefined;
  if (object.copyTo !== undefined) await copyFile(path, object.copyTo);
  // What the store's file is on this disk counts for nothing.
  const { mode: _own, ...rest } = read;
  const mode = object.mode === undefined ? {} : { mode: object.mode };
  return { ...reader.seen(read), transfer: { ...rest, ...mode, exchange: answer.exchange, storedAs: sha256 } };
}

/** The digests by which a host vouches for an object: those that nobody can make other bytes for. */
function wordsOf({ digest = {} }: BatchObject): readonly DigestAlgorithm[] {
  return digestAlgorithms.filter((one) => {
    const value = digest[one];
    return value !== undefined && !algorithmInfo[one].weak && subjectOf(one, value) === "bytes";
  });
}

/** What is read for what it says has to come whole. */
function isSpoken({ licenseSource, cardSource }: BatchObject): boolean {
  return licenseSource === true || cardSource === true;
}

/** Whether the bytes are what was declared, as far as anything was. */
function isExpected({ expect }: BatchObject, size: number, digest: DigestSet): boolean {
  if (expect?.size !== undefined && expect.size !== size) return false;
  return digestAlgorithms.every((algorithm) => {
    const wanted = expect?.digest?.[algorithm];
    return wanted === undefined || subjectOf(algorithm, wanted) === "tree" || wanted === digest[algorithm];
  });
}

/** Moves what came into the store when it is what was declared; what is not goes, or is put apart when asked. */
async function keep(
  fetched: Fetched,
  object: BatchObject,
  digest: Transfer["digest"],
  tools: LookTools,
): Promise<string | undefined> {
  const { kept } = fetched;
  const { sha256 } = digest;
  if (kept === undefined) return undefined;
  if (sha256 === undefined) {
    await kept.discard();
    return undefined;
  }
  if (tools.options.keepAll || isExpected(object, fetched.size, digest)) {
    // Of many files together, each would wait for the disk in turn.
    await (tools.options.keepAll ? kept.commitSoon(sha256) : kept.commit(sha256));
    return sha256;
  }
  if (tools.options.keepBad) await kept.quarantine(sha256, { url: fetched.exchange.url, path: object.path });
  else await kept.discard();
  return undefined;
}

/** One byte more than declared is enough to know that it is not the declared file. */
function capOf({ expect, size }: BatchObject): number {
  const known = expect?.size ?? size;
  return known === undefined ? Number.MAX_SAFE_INTEGER : Math.max(known + SPARE_BYTES, known);
}

/** A body that goes on behind the declared size is read a little further, so that a wrong size is told as such. */
const SPARE_BYTES = 16 * 1024 * 1024;

function firstBytes(limit: number): Sink & { readonly bytes: Uint8Array } {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    write(chunk) {
      if (size >= limit) return;
      chunks.push(Uint8Array.from(chunk.subarray(0, limit - size)));
      size += chunk.length;
    },
    get bytes() {
      return Buffer.concat(chunks);
    },
  };
}
