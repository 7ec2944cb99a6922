import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Sink } from "../io/sink.ts";
import { readLicenses } from "../license/read.ts";
import { readTag } from "../license/tag.ts";
import type { BatchObject, Evidence, Inspection, LicenseSighting } from "../model/evidence.ts";
import type { MembersSeen } from "./look-members.ts";

/** Licence texts are shorter than this; a longer file is not read for its licence. Bytes. */
export const LICENSE_MAX_BYTES = 1024 * 1024;
/** The end of a file that its format may need, in bytes: a zip's end record with its longest comment. */
export const TAIL_BYTES = 66 * 1024;

/** The host's word on an object, as evidence. */
export function publishedOf({ size, digest, mediaType, url }: BatchObject): Pick<Evidence, "published"> {
  // What a local listing says of a size was read by ourselves: there is no other voice.
  if (url.startsWith("file:")) return {};
  if (size === undefined && digest === undefined && mediaType === undefined) return {};
  return {
    published: {
      ...(size === undefined ? {} : { size }),
      ...(digest === undefined ? {} : { digest }),
      ...(mediaType === undefined ? {} : { mediaType }),
    },
  };
}

/** What the file says of its licence, from its first bytes, or from all of it when it is a licence file. */
export function licensesOf(
  { path, licenseSource, tagSource }: Pick<BatchObject, "path" | "licenseSource" | "tagSource">,
  head: Uint8Array,
  whole: (() => Uint8Array) | undefined,
): readonly LicenseSighting[] {
  if (licenseSource === true) {
    const bytes = whole === undefined ? head : whole();
    return bytes.length <= LICENSE_MAX_BYTES ? readLicenses(path, bytes) : [];
  }
  const tag = tagSource === true ? readTag(head) : undefined;
  return tag === undefined ? [] : [{ ...tag, path }];
}

/** The last bytes of a file that is longer than its head. */
export function readTail(path: string): { readonly size: number; readonly tail?: Uint8Array } {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const count = readSync(fd, tail, 0, tail.length, Math.max(0, size - tail.length));
    return { size, tail: tail.subarray(0, count) };
  } finally {
    closeSync(fd);
  }
}

/** The file's own look and that at its members, as one. */
export function mergeInspections(
  own: Inspection | undefined,
  { format, hazards, membersComplete, memberCount }: MembersSeen,
): Inspection {
  const known = new Set((own?.hazards ?? []).map(({ code, at }) => `${code} ${at ?? ""}`));
  return {
    ...own,
    ...(own?.format === undefined && format !== undefined ? { format } : {}),
    hazards: [...(own?.hazards ?? []), ...hazards.filter(({ code, at }) => !known.has(`${code} ${at ?? ""}`))],
    membersComplete,
    memberCount,
  };
}

/** A sink that never makes its source wait, and what it kept. */
export interface ByteCollector extends Sink {
  write(chunk: Uint8Array): void;
  readonly bytes: Uint8Array | undefined;
}

/** Keeps bytes up to a limit; beyond it `bytes` is undefined. */
export function collectBytes(limit: number): ByteCollector {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    write(chunk) {
      size += chunk.length;
      if (size <= limit) chunks.push(Uint8Array.from(chunk));
      else chunks.length = 0;
    },
    get bytes() {
      return size <= limit ? Buffer.concat(chunks) : undefined;
    },
  };
}
