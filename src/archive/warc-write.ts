/** A web archive, WARC/1.1 with a gzip member for each record: written aside, and in its place when it is whole. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncFolder } from "../io/store-write.ts";
import { archiveError } from "./folder-error.ts";
import { answerRecord, factsRecord, requestRecord, type WarcExchange, warcFields } from "./warc-exchange.ts";
import { encodeRecord, type WarcRecord } from "./warc-record.ts";

/** What waits to be written, in bytes: most records are far smaller. */
const BUFFER_BYTES = 1024 * 1024;

export interface WarcWriter {
  /** Answer, request, and what they do not say. */
  exchange(exchange: WarcExchange): Promise<void>;
  /** Something that is known of an address: a piece of evidence, say. */
  metadata(targetUri: string, contentType: string, bytes: Uint8Array): Promise<void>;
  /** Puts the file in its place. */
  close(): Promise<{ readonly size: number; readonly records: number }>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** Begins a web archive. `time`, ISO 8601 UTC, is that of what has no time of its own. */
export async function openWarc(
  file: string,
  { time, agent }: { readonly time: string; readonly agent: string },
): Promise<WarcWriter> {
  const aside = join(dirname(file), `.${basename(file)}.${randomUUID()}.partial`);
  const failed = (cause: unknown): never => {
    throw archiveError(cause, `writing \`${file}\``, file);
  };
  const handle: FileHandle = await open(aside, "wx", 0o666).catch(failed);
  let waiting: Uint8Array[] = [];
  let held = 0;
  let size = 0;
  let records = 0;

  const flush = async (): Promise<void> => {
    const bytes = waiting;
    waiting = [];
    held = 0;
    if (bytes.length > 0) await writeAll(handle, Buffer.concat(bytes));
  };
  const put = async (record: WarcRecord): Promise<string> => {
    try {
      const { id, bytes } = await encodeRecord(record, records);
      records += 1;
      for await (const chunk of bytes) {
        waiting.push(chunk);
        held += chunk.length;
        size += chunk.length;
        if (held >= BUFFER_BYTES) await flush();
      }
      return id;
    } catch (cause) {
      return failed(cause);
    }
  };
  const abort = async (): Promise<void> => {
    await handle.close().catch(() => undefined);
    await rm(aside, { force: true });
  };

  try {
    await put({
      type: "warcinfo",
      date: time,
      contentType: "application/warc-fields",
      fields: [["WARC-Filename", basename(file)]],
      head: warcFields([
        ["software", agent],
        ["format", "WARC File Format 1.1"],
        ["conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"],
      ]),
    });
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    async exchange(exchange) {
      const answer = answerRecord(exchange);
      const id = answer === undefined ? undefined : await put(answer);
      const requestId = await put(requestRecord(exchange, id));
      const facts = factsRecord(exchange, id ?? requestId);
      if (facts !== undefined) await put(facts);
    },
    async metadata(targetUri, contentType, bytes) {
      await put({ type: "metadata", date: time, targetUri, contentType, head: bytes });
    },
    async close() {
      try {
        await flush();
        await handle.sync();
        await handle.close();
        await rename(aside, file);
        await syncFolder(dirname(file));
      } catch (cause) {
        await abort();
        return failed(cause);
      }
      return { size, records };
    },
    abort,
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}
