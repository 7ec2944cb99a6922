/** Archives written byte by byte, as no well-meaning tool would write them, and a reader for the tests. */
import { crc32, deflateRawSync } from "node:zlib";
import {
  createMemberReader,
  type Member,
  type MemberOptions,
  type MembersResult,
  readZipMembers,
} from "../../src/inspect/members.ts";

/** One tar member; what is left out is ordinary. */
export interface TarFields {
  readonly name?: string | Buffer;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
  /** The raw size field. */
  readonly size?: string | Buffer;
  readonly magic?: string;
  readonly checksum?: number;
}

const block = 512;

export function tarMember(fields: TarFields): Buffer {
  const body = Buffer.from(fields.body ?? "");
  const header = Buffer.alloc(block);
  Buffer.from(fields.name ?? "file").copy(header, 0, 0, 100);
  header.write(`${(fields.mode ?? 0o644).toString(8).padStart(7, "0")}\0`, 100, "latin1");
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  Buffer.from(fields.size ?? `${body.length.toString(8).padStart(11, "0")}\0`).copy(header, 124, 0, 12);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(fields.type ?? "0", 156, "latin1");
  header.write(fields.link ?? "", 157, 100);
  header.write(fields.magic ?? "ustar\x0000", 257, "latin1");
  const sum = fields.checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, body, Buffer.alloc((block - (body.length % block)) % block)]);
}

/** A pax header; the values are written as they are. */
export function pax(records: readonly (readonly [string, string | Buffer])[], type = "x"): Buffer {
  const body = Buffer.concat(
    records.map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length++;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
  return tarMember({ name: "PaxHeader/x", type, body });
}

export const endMarker = Buffer.alloc(2 * block);
export const tarOf = (...members: readonly (TarFields | Buffer)[]): Buffer =>
  Buffer.concat([...members.map((member) => (Buffer.isBuffer(member) ? member : tarMember(member))), endMarker]);

/** One zip entry; `local` overrides what the local header says. */
export interface ZipFields {
  readonly name: string;
  readonly body?: string | Buffer;
  readonly stored?: boolean;
  readonly flags?: number;
  readonly attributes?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly method?: number;
  readonly local?: { readonly name?: string; readonly flags?: number; readonly crc?: number; readonly size?: number };
  /** Points at the local header of the entry with this index. */
  readonly sharesWith?: number;
}

const unixMadeBy = 0x0314;

export function zipOf(
  entries: readonly ZipFields[],
  { comment = "", count = entries.length }: { comment?: string; count?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const body = Buffer.from(entry.body ?? "");
    const data = entry.stored === true ? body : deflateRawSync(body);
    const method = entry.method ?? (entry.stored === true ? 0 : 8);
    const crc = entry.crc ?? crc32(body);
    const size = entry.size ?? body.length;
    const common = (own: NonNullable<ZipFields["local"]>): Buffer => {
      const fields = Buffer.alloc(24);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(own.flags ?? entry.flags ?? 0x800, 2);
      fields.writeUInt16LE(method, 4);
      fields.writeUInt32LE(own.crc ?? crc, 10);
      fields.writeUInt32LE(data.length, 14);
      fields.writeUInt32LE(own.size ?? size, 18);
      fields.writeUInt16LE(Buffer.byteLength(own.name ?? entry.name), 22);
      return fields;
    };
    const offset = entry.sharesWith === undefined ? at : (offsets[entry.sharesWith] ?? 0);
    offsets.push(offset);
    if (entry.sharesWith === undefined) {
      const local = entry.local ?? {};
      const name = Buffer.from(local.name ?? entry.name);
      const header = Buffer.concat([Buffer.from("PK\x03\x04"), common(local), Buffer.alloc(2), name]);
      parts.push(header, data);
      at += header.length + data.length;
    }
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(entry.attributes ?? 0o100644 * 0x10000, 8);
    tail.writeUInt32LE(offset, 12);
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(unixMadeBy);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), madeBy, common({}), tail, Buffer.from(entry.name)]));
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, central, end, Buffer.from(comment)]);
}

/** A result with what the sinks got: bytes by path, and which of them were told to be whole. */
export interface Seen extends MembersResult {
  readonly members: readonly Member[];
  readonly bytes: { readonly [path: string]: string };
  readonly ended: readonly string[];
  readonly codes: readonly string[];
}

function collector(options: Partial<MemberOptions>): {
  options: MemberOptions;
  seen: (result: MembersResult) => Seen;
} {
  const members: Member[] = [];
  const bytes = new Map<string, Buffer[]>();
  const ended: string[] = [];
  return {
    options: {
      path: "archive",
      strip: 0,
      onMember(member) {
        members.push(member);
        if (member.type !== "file") return undefined;
        const parts: Buffer[] = [];
        bytes.set(member.path, parts);
        return { write: (chunk) => void parts.push(Buffer.from(chunk)), end: () => void ended.push(member.path) };
      },
      ...options,
    },
    seen: (result) => ({
      ...result,
      members,
      bytes: Object.fromEntries([...bytes].map(([path, parts]) => [path, Buffer.concat(parts).toString("latin1")])),
      ended,
      codes: [...new Set(result.hazards.map(({ code }) => code))].sort(),
    }),
  };
}

/** Streams an archive in chunks that are overwritten as soon as they were taken. */
export async function readStream(
  archive: Buffer,
  options: Partial<MemberOptions> = {},
  chunkBytes = 1000,
  complete = true,
): Promise<Seen> {
  const { options: all, seen } = collector(options);
  const reader = createMemberReader(all);
  for (let at = 0; at < archive.length; at += chunkBytes) {
    const chunk = Buffer.from(archive.subarray(at, at + chunkBytes));
    await reader.write(chunk);
    chunk.fill(0xee);
  }
  return seen(await reader.finish(complete));
}

export async function readZip(path: string, options: Partial<MemberOptions> = {}): Promise<Seen> {
  const { options: all, seen } = collector(options);
  return seen(await readZipMembers(path, all));
}
