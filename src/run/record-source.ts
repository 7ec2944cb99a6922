/** The bytes of a list of addresses: from the disk, or of a host only the parts that are needed. */
import { closeSync, createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { insideFolder } from "../io/files-inside.ts";
import { openFile, refuseFile } from "../io/files-open.ts";
import type { HttpRequest } from "../io/http.ts";
import { openFileSink } from "../io/sink-file.ts";
import type { Refusal } from "../model/evidence.ts";
import { RecordsFault } from "../records/fault.ts";
import type { RangeSource } from "../records/parquet.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import type { FoundList, RecordLists } from "./record-lists.ts";

/** Bytes of one list as it lies there. */
export const LIST_MAX_BYTES = 64 * 1024 ** 3;
/** Bytes of one list when it is unpacked. */
export const UNPACKED_MAX_BYTES = 512 * 1024 ** 3;
const READ_BYTES = 1024 * 1024;

/** Thrown where a list could not be had: nobody answered, or somebody refused. */
export class ListUnavailable extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** A list that is ready to be read. */
export type ListBytes =
  | { readonly kind: "file"; readonly path: string }
  /** Parts of it can be asked for. */
  | { readonly kind: "ranges"; readonly source: RangeSource };

/** Finds the bytes of a list; gets them when they are needed whole and nobody has. Throws ListUnavailable. */
export async function openList(list: FoundList, lists: RecordLists, context: ResolveContext): Promise<ListBytes> {
  const { object, evidence, copy, form } = list;
  if (object.url.startsWith("file:")) return { kind: "file", path: localPath(list) };
  if (copy !== undefined && evidence.transfer !== undefined) return { kind: "file", path: copy };
  const authorization = await lists.authorize?.(object);
  const request: HttpRequest = {
    url: object.url,
    signal: context.signal,
    operatorEndpoint: object.operatorEndpoint === true,
    ...(authorization === undefined ? {} : { authorization }),
  };
  if (form.format === "parquet" && !form.gzip) {
    const source = await rangesOf(request, context);
    if (source !== undefined) return { kind: "ranges", source };
  }
  const path = join(await context.scratch(), "list");
  const file = openFileSink(path);
  try {
    const answer = await context.http.download({ ...request, maxBytes: LIST_MAX_BYTES }, file);
    if (answer.status === "refused") throw new ListUnavailable(answer);
  } finally {
    file.close();
  }
  return { kind: "file", path };
}

/** Opens it as the look did: a regular file, inside its folder. */
function localPath({ object: { url, within }, evidence }: FoundList): string {
  const at = fileURLToPath(url);
  const border = within === undefined ? undefined : insideFolder(fileURLToPath(within));
  if (border !== undefined && "status" in border) throw new ListUnavailable(border);
  const place =
    border === undefined || within === undefined ? { path: at } : border.follow(relative(fileURLToPath(within), at));
  if ("status" in place) throw new ListUnavailable(place);
  const opened = openFile(place.path);
  if (opened.status === "refused") throw new ListUnavailable(opened);
  closeSync(opened.fd);
  const { transfer } = evidence;
  if (transfer !== undefined && transfer.size !== opened.size) {
    throw new ListUnavailable(refuseFile("changed-during-read", "it was changed while it was read"));
  }
  return place.path;
}

/** A source of parts where the host gives them; undefined where it gives only the whole. */
async function rangesOf(request: HttpRequest, { http }: ResolveContext): Promise<RangeSource | undefined> {
  const ask = async (
    start: number,
    end: number,
  ): Promise<{ bytes: Uint8Array; total: number; etag: string } | undefined> => {
    const headers = { range: `bytes=${start}-${end - 1}` };
    const answer = await http.answer({ ...request, headers }, { maxBytes: end - start });
    if (answer.status === "refused") {
      // The whole came, or would have.
      if (answer.reason === "too-large") return undefined;
      throw new ListUnavailable(answer);
    }
    if (answer.refusal !== undefined) throw new ListUnavailable(answer.refusal);
    if (answer.httpStatus !== 206) return undefined;
    const [, from, to, of] =
      /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(answer.headers["content-range"] ?? "") ?? [];
    const fits = Number(from) === start && Number(to) === end - 1 && answer.bytes.length === end - start;
    return fits ? { bytes: answer.bytes, total: Number(of), etag: answer.headers.etag ?? "" } : undefined;
  };
  const first = await ask(0, FIRST_BYTES);
  if (first === undefined) return undefined;
  return {
    byteLength: first.total,
    slice: async (start, end) => {
      if (end === start) return new ArrayBuffer(0);
      const part = await ask(start, end);
      if (part === undefined || part.total !== first.total || part.etag !== first.etag) {
        throw new ListUnavailable(refuseFile("changed-during-read", "the host gave parts of different files"));
      }
      return Uint8Array.from(part.bytes).buffer;
    },
  };
}

/** The mark that a parquet file begins with. */
const FIRST_BYTES = 4;

/** The bytes of a file from its beginning, unpacked where it is gzip'd. Throws RecordsFault for what does not unpack. */
export async function* bytesOf(path: string, gzip: boolean): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  if (!gzip) {
    yield* file;
    return;
  }
  const unpacked = createGunzip({ chunkSize: READ_BYTES });
  // Its errors come out of `unpacked`, too.
  pipeline(file, unpacked, () => undefined);
  let size = 0;
  try {
    for await (const chunk of unpacked) {
      size += chunk.length;
      if (size > UNPACKED_MAX_BYTES) {
        throw new RecordsFault("limit", `the list has more than ${UNPACKED_MAX_BYTES} bytes when it is unpacked`);
      }
      yield chunk;
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw code.startsWith("Z_") ? new RecordsFault("malformed", `it does not unpack as gzip (${code})`) : error;
  }
}

/** A file's parts; whoever opens it closes it. */
export async function fileSource(path: string): Promise<RangeSource & { close(): Promise<void> }> {
  const file = await open(path, "r");
  const { size } = await file.stat();
  return {
    byteLength: size,
    async slice(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0)
          throw new ListUnavailable(refuseFile("changed-during-read", "it was cut while it was read"));
        done += bytesRead;
      }
      return bytes.buffer;
    },
    close: () => file.close(),
  };
}

/** A copy of a file, unpacked: for forms that are read at many places. */
export async function unpackedCopy(path: string, context: ResolveContext): Promise<string> {
  const to = join(await context.scratch(), "unpacked");
  const file = openFileSink(to);
  try {
    for await (const chunk of bytesOf(path, true)) {
      if (context.signal.aborted) break;
      file.write(chunk);
    }
  } finally {
    file.close();
  }
  return to;
}
