import { detectFormat } from "./detect.ts";
import type { HazardList } from "./hazards.ts";
import type { MemberLimits } from "./limits.ts";
import type { MemberGate } from "./member-gate.ts";
import { blockBytes, hasText, readTarHeader } from "./tar-header.ts";
import { createTarReader } from "./tar-reader.ts";

/** Bytes that should be a tar, looked at before a reader is trusted with them. */
export interface TarSource {
  /** Resolves with false when nothing more will be read. */
  write(chunk: Uint8Array): Promise<boolean>;
  /** States what the end of the bytes means: true when a tar ended there as it should. */
  finish(): boolean;
}

/** Archives that we know by sight and do not read. */
const unreadArchives: ReadonlySet<string> = new Set(["zstd", "xz", "bzip2", "7z", "rar", "compress", "lzip", "lz4"]);

/** `wrapped` is true for what came out of a gzip, which need not be a tar at all. */
export function createTarSource(
  wrapped: boolean,
  gate: MemberGate,
  limits: MemberLimits,
  hazards: HazardList,
): TarSource {
  const tar = createTarReader(gate, limits, hazards);
  let head = Buffer.alloc(0);
  let started = false;
  let refused = false;
  let total = 0;

  const start = (): boolean => {
    const header = head.length < blockBytes ? "invalid" : readTarHeader(head);
    if (header !== "invalid") return true;
    refused = true;
    if (hasText(head, 257, "ustar")) {
      hazards.add(
        head.length < blockBytes ? "archive-truncated" : "archive-corrupt",
        head.length < blockBytes ? "the archive ends within its first header" : "the first header has a wrong checksum",
      );
      return false;
    }
    const inner = detectFormat(head)?.id;
    if (wrapped) {
      hazards.add(
        "archive-unsupported",
        inner === undefined ? "the gzip holds no tar" : `the gzip holds ${inner}, no tar`,
      );
    } else if (inner !== undefined && unreadArchives.has(inner)) {
      hazards.add("archive-unsupported", `archives of format \`${inner}\` are not read`);
    } else {
      hazards.add(
        "archive-corrupt",
        inner === undefined ? "the bytes are no archive" : `the bytes are ${inner}, no archive`,
      );
    }
    return false;
  };

  return {
    async write(chunk) {
      if (refused || tar.stopped) return false;
      total += chunk.length;
      if (total > limits.maxTotalBytes) {
        refused = true;
        hazards.add("archive-limit", `more than ${limits.maxTotalBytes} bytes of tar`);
        return false;
      }
      let bytes = chunk;
      if (!started) {
        head = Buffer.concat([head, chunk]);
        if (head.length < blockBytes) return true;
        if (!start()) return false;
        started = true;
        bytes = head;
        head = Buffer.alloc(0);
      }
      await tar.write(bytes);
      return !tar.stopped;
    },
    finish() {
      if (refused) return false;
      return started ? tar.finish() : start();
    },
  };
}
