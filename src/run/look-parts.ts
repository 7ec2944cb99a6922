import type { Sink } from "../io/sink.ts";
import type { BatchObject, Evidence, Inspection } from "../model/evidence.ts";
import type { MembersSeen } from "./look-members.ts";

/** Licence texts are shorter than this; a longer file is not read for its licence. Bytes. */
export const LICENSE_MAX_BYTES = 1024 * 1024;

/** The host's word on an object, as evidence. */
export function publishedOf({ size, digest, mediaType, url, archived }: BatchObject): Pick<Evidence, "published"> {
  // What a local listing says of a size was read by ourselves: there is no other voice.
  if (url.startsWith("file:") && archived !== true) return {};
  if (size === undefined && digest === undefined && mediaType === undefined) return {};
  return {
    published: {
      ...(size === undefined ? {} : { size }),
      ...(digest === undefined ? {} : { digest }),
      ...(mediaType === undefined ? {} : { mediaType }),
    },
  };
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
