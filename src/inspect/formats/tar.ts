import { defineFormat, type Format } from "../format.ts";
import { blockBytes, hasText, readTarHeader } from "../tar-header.ts";

/** The POSIX and GNU magic; older tars are known by their checksum. */
export const tar: Format = defineFormat({
  id: "tar",
  binary: true,
  matches(head) {
    if (head.length < blockBytes || head[0] === 0) return false;
    if (hasText(head, 257, "ustar")) return true;
    // The checksum is octal text: asks cheaply before adding up the block.
    const first = head[148] ?? 0;
    const last = head[155];
    if ((first !== 0x20 && (first < 0x30 || first > 0x37)) || (last !== 0 && last !== 0x20)) return false;
    return typeof readTarHeader(head) === "object";
  },
});

/** What a second reader makes of the same headers. */
export interface SecondView {
  /** Shows it one header block: the member that it sees there, a complaint, or nothing. */
  header(block: Uint8Array): SeenMember | string | undefined;
  /** Shows it the whole body of an extended header, padded to blocks. */
  extension(body: Uint8Array): string | undefined;
  /** Lets it pass over a body of so many bytes. */
  skip(bytes: number): void;
}

export interface SeenMember {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly linkPath: string | undefined;
}

/**
 * A well-known parser beside our own: where two readers see different members, an archive hides something. Bodies do
 * not matter to the comparison, so it gets zeros in their place, and never holds on to foreign memory.
 */
export async function openSecondView(): Promise<SecondView> {
  const { Parser } = await import("tar/parse");
  const zeros = Buffer.alloc(256 * 1024);
  // Without `zstd: false` an archive that begins like zstd ends the whole process on Node 20.
  const parser = new Parser({ strict: true, zstd: false, brotli: false });
  let complaint: string | undefined;
  let seen: SeenMember | undefined;
  parser.on("error", (error: Error) => {
    complaint ??= error.message;
  });
  parser.on("entry", (entry) => {
    seen = { path: entry.path, type: entry.type, size: entry.size, linkPath: entry.linkpath };
    entry.resume();
  });
  const show = (bytes: Uint8Array): void => {
    try {
      parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    } catch (error) {
      complaint ??= error instanceof Error ? error.message : String(error);
    }
  };
  return {
    header(block) {
      seen = undefined;
      show(block);
      return complaint ?? seen;
    },
    extension(body) {
      show(body);
      return complaint;
    },
    skip(bytes) {
      for (let left = Math.ceil(bytes / blockBytes) * blockBytes; left > 0; left -= zeros.length) {
        show(left < zeros.length ? zeros.subarray(0, left) : zeros);
      }
    },
  };
}
