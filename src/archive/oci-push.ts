/** Puts the artifact of a layout into a registry. */

import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { literalAddress } from "../io/guard.ts";
import type { Http, Upload } from "../io/http.ts";
import { WholesourceError } from "../model/error.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { isDockerHub, type OciRef, parseOciLocation } from "../resolve/oci-location.ts";
import { indexTypes, manifestTypes } from "../resolve/oci-manifest.ts";
import type { OciDescriptor } from "../resolve/oci-reply.ts";
import { type OciSession, openSession } from "../resolve/oci-session.ts";
import { createBagFaults } from "./bag-faults.ts";
import { blobPath, isFolder, readDocument, readManifest, walkLayout } from "./oci-layout.ts";
import { refNameKey, tagOf } from "./oci-model.ts";
import { chooseManifest } from "./oci-unpack.ts";
import { type BlobFile, hasBlob, notTaken, uploadBlob } from "./oci-upload.ts";

/** Blobs that are sent at a time. */
const UPLOADS_AT_A_TIME = 4;

export interface PushOptions {
  readonly http: Http;
  readonly signal: AbortSignal;
  /** Answers for logins, as the resolvers are answered. */
  readonly setting: (name: string) => Promise<string | undefined>;
  /** Where the operator sends what is meant for registries instead: a URL with a `/` at the end. */
  readonly endpoint?: string | undefined;
  /** Speak without encryption to a registry that is not on this machine. */
  readonly insecure?: boolean | undefined;
  /** Let a tag that names something else name this from now on. */
  readonly replace?: boolean | undefined;
  /** Which artifact of the layout, where it holds several. */
  readonly ref?: string | undefined;
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Bytes of one request; larger blobs go in parts. */
  readonly partBytes?: number | undefined;
}

/** What a push came to. */
export interface Pushed {
  readonly status: "pushed";
  /** How to ask for it, whatever becomes of the tag. */
  readonly uri: string;
  readonly digest: string;
  readonly tag?: string;
  /** What the tag named before. */
  readonly replaced?: string;
  readonly sent: { readonly blobs: number; readonly bytes: number };
  /** What the registry had already. */
  readonly present: { readonly blobs: number; readonly bytes: number };
}

/**
 * Sends the artifact's blobs and then its manifest, so that a tag never names what is not there. A blob that the
 * registry has is not sent again. `target` is `oci://registry/repository[:tag]`; without a tag the name in the layout is
 * taken. Over plain http goes only what is meant for this machine, or for what the operator named so.
 */
export async function pushOci(layout: string, target: string, options: PushOptions): Promise<Pushed | Refusal> {
  const artifact = readArtifact(layout, options.ref);
  const ref = readTarget(target, artifact.descriptor);
  const { digest } = artifact.descriptor;
  const endpoint = options.endpoint ?? endpointOf(ref, options.insecure === true);
  // One blob that fails ends the sending of the others.
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const session = openSession(ref, { ...options, signal, endpoint: () => endpoint }, "pull,push");
  const before = ref.tag === undefined ? undefined : await namedNow(session, ref.tag);
  if (typeof before === "object") return before;
  if (before !== undefined && before !== digest && options.replace !== true) {
    throw new WholesourceError("usage", `\`${target}\` names \`${before}\` already`, {
      hint: "choose another tag, or add `--replace`",
    });
  }
  const sums = await sendBlobs(session, artifact.blobs, options, ending);
  if ("status" in sums) return sums;
  const refusal = await putManifest(session, ref.tag ?? digest, artifact.descriptor, artifact.bytes);
  if (refusal !== undefined) return refusal;
  return {
    status: "pushed",
    uri: `oci://${ref.registry}/${ref.repository}@${digest}`,
    digest,
    ...(ref.tag === undefined ? {} : { tag: ref.tag }),
    ...(before === undefined || before === digest ? {} : { replaced: before }),
    ...sums,
  };
}

interface Artifact {
  readonly descriptor: OciDescriptor;
  readonly bytes: Uint8Array;
  readonly blobs: readonly BlobFile[];
}

function readArtifact(layout: string, ref: string | undefined): Artifact {
  const faults = createBagFaults();
  const descriptor = chooseManifest(walkLayout(layout, faults).manifests, ref, faults);
  const manifest = descriptor === undefined ? undefined : readManifest(layout, descriptor);
  const bytes = descriptor === undefined ? undefined : readDocument(layout, descriptor);
  if (descriptor === undefined || manifest === undefined || !(bytes instanceof Uint8Array)) {
    const [first] = faults.result().faults;
    const message = `the layout has no artifact to send: ${first === undefined ? "it can not be read" : first.detail}`;
    throw new WholesourceError("input-unreadable", message, { subject: layout });
  }
  const blobs = new Map<string, BlobFile>();
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    const path = blobPath(digest);
    const stat = isFolder(join(layout, "blobs")) ? lstatSync(join(layout, path), { throwIfNoEntry: false }) : undefined;
    if (stat?.isFile() !== true || stat.size !== size) {
      const found = stat?.isFile() === true ? `has \`${stat.size}\` bytes, expected \`${size}\`` : "is not there";
      throw new WholesourceError("input-unreadable", `\`${path}\` ${found}`, {
        hint: "archive the release again",
        subject: layout,
      });
    }
    blobs.set(digest, { digest, size, file: join(layout, path) });
  }
  return { descriptor, bytes, blobs: [...blobs.values()] };
}

function readTarget(target: string, { digest, annotations }: OciDescriptor): OciRef {
  const ref = /^oci:\/\//i.test(target) ? parseOciLocation({ uri: target }) : undefined;
  const isPlace =
    ref !== undefined && ref.platform === undefined && (ref.digest === undefined || ref.digest === digest);
  if (!isPlace) {
    throw new WholesourceError("usage", `\`${target}\` is no place for an artifact`, {
      hint: "write `oci://registry/repository:tag`",
    });
  }
  if (ref.tag !== undefined || ref.digest !== undefined) return ref;
  const name = annotations?.[refNameKey];
  return { ...ref, tag: name === undefined ? "latest" : tagOf(name) };
}

/** The user named the place, so it may be at any address; without encryption it may be only where nobody listens. */
function endpointOf({ registry }: OciRef, insecure: boolean): string | undefined {
  if (isDockerHub(registry)) return undefined;
  const url = new URL(`https://${registry}/`);
  if (insecure || isLoopback(url)) url.protocol = "http:";
  return url.href;
}

function isLoopback(url: URL): boolean {
  const address = literalAddress(url);
  return url.hostname === "localhost" || address === "::1" || address?.startsWith("127.") === true;
}

/** What a tag names; not to know it is not the same as nothing, or it would be moved in silence. */
async function namedNow(session: OciSession, tag: string): Promise<string | undefined | Refusal> {
  const accept = [...manifestTypes, ...indexTypes].join(", ");
  const answer = await session.ask(`manifests/${tag}`, { method: "HEAD", accept });
  if (answer.status === "refused") return answer;
  if (answer.httpStatus === 404) return undefined;
  if (answer.httpStatus !== 200) return notTaken(answer, session);
  return answer.headers["docker-content-digest"]?.trim() ?? "something";
}

type Sums = Pick<Pushed, "sent" | "present">;

async function sendBlobs(
  session: OciSession,
  blobs: readonly BlobFile[],
  options: PushOptions,
  ending: AbortController,
): Promise<Sums | Refusal> {
  const sent = { blobs: 0, bytes: 0 };
  const present = { blobs: 0, bytes: 0 };
  let refusal: Refusal | undefined;
  const queue = blobs.values();
  const work = async (): Promise<void> => {
    for (const blob of queue) {
      if (refusal !== undefined) return;
      const has = await hasBlob(session, blob.digest);
      const failed = typeof has === "boolean" ? (has ? undefined : await uploadBlob(session, blob, options)) : has;
      if (failed !== undefined) {
        refusal ??= failed;
        ending.abort();
        return;
      }
      const sum = has === true ? present : sent;
      sum.blobs += 1;
      sum.bytes += blob.size;
    }
  };
  try {
    await Promise.all(Array.from({ length: UPLOADS_AT_A_TIME }, work));
  } catch (error) {
    ending.abort();
    throw error;
  }
  return refusal ?? { sent, present };
}

async function putManifest(
  session: OciSession,
  reference: string,
  { digest, mediaType }: OciDescriptor,
  bytes: Uint8Array,
): Promise<Refusal | undefined> {
  const upload: Upload = {
    size: bytes.length,
    async *open() {
      yield bytes;
    },
  };
  const headers = { "content-type": mediaType };
  const answer = await session.ask(`manifests/${reference}`, { method: "PUT", headers, upload });
  if (answer.status === "refused") return answer;
  if (answer.httpStatus !== 201) return notTaken(answer, session);
  const told = answer.headers["docker-content-digest"]?.trim();
  if (told === undefined || told === digest) return undefined;
  const measured = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (told === measured) return undefined;
  return refuse("reply-invalid", `\`${digest}\` was sent, the registry calls it \`${told.slice(0, 140)}\``, {
    url: answer.exchange.finalUrl,
  });
}
