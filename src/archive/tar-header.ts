/** The blocks that stand before a member's bytes: ustar, and a pax header only where ustar has no room. */

/** Tar is made of blocks of this many bytes. */
export const tarBlockBytes = 512;

const maxNameBytes = 100;
const maxPrefixBytes = 155;
/** The largest size that ustar can tell. */
const maxUstarSize = 0o77777777777;
/** Seconds since 1970 that ustar can tell. */
const maxUstarTime = 0o77777777777;
const checksumAt = 148;
const plainAscii = /^[\x20-\x7e]*$/;

/** Everything that stands before the bytes of one file. */
export function tarFileBlocks(path: string, size: number, time: number): Buffer {
  const place = plainAscii.test(path) ? splitPath(path) : undefined;
  const records: [string, string][] = [];
  if (place === undefined) records.push(["path", path]);
  if (size > maxUstarSize) records.push(["size", String(size)]);
  const { name, prefix } = place ?? { name: fallbackName, prefix: "" };
  const own = header({ name, prefix, size: size > maxUstarSize ? 0 : size, time, type: "0" });
  return records.length === 0 ? own : Buffer.concat([tarPaxBlocks("x", records), own]);
}

/** What a reader sees that does not know pax. */
const fallbackName = "PaxHeader/long-name";

/** A pax header for the next member (`x`) or for all that follow (`g`). */
export function tarPaxBlocks(type: "x" | "g", records: readonly (readonly [string, string])[]): Buffer {
  const body = Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join(""));
  const name = type === "x" ? "PaxHeader/next" : "PaxHeader/all";
  return Buffer.concat([header({ name, prefix: "", size: body.length, time: 0, type }), body, tarPadding(body.length)]);
}

/** Zeros up to the next block. */
export const tarPadding = (size: number): Buffer =>
  zeros.subarray(0, (tarBlockBytes - (size % tarBlockBytes)) % tarBlockBytes);

/** What ends an archive. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * tarBlockBytes);
const zeros = Buffer.alloc(tarBlockBytes);

interface Fields {
  readonly name: string;
  readonly prefix: string;
  readonly size: number;
  readonly time: number;
  readonly type: string;
}

function header({ name, prefix, size, time, type }: Fields): Buffer {
  const block = Buffer.alloc(tarBlockBytes);
  block.write(name, 0, "latin1");
  block.write("0000644\x000000000\x000000000\0", 100, "latin1");
  block.write(octal(size, 11), 124, "latin1");
  block.write(octal(Math.min(Math.max(0, Math.floor(time)), maxUstarTime), 11), 136, "latin1");
  block.write("        ", checksumAt, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.write("0000000\x000000000\0", 329, "latin1");
  block.write(prefix, 345, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, checksumAt, "latin1");
  return block;
}

const octal = (value: number, length: number): string => value.toString(8).padStart(length, "0");

/** The path in ustar's two fields, cut at a `/`; undefined when they have no room for it. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (path.length <= maxNameBytes) return { name: path, prefix: "" };
  const at = path.indexOf("/", path.length - maxNameBytes - 1);
  if (at <= 0 || at > maxPrefixBytes || at === path.length - 1) return undefined;
  return { name: path.slice(at + 1), prefix: path.slice(0, at) };
}

/** A record's length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length++;
  return `${length}${rest}`;
}
