/**
 * A checksum of all other bytes of a packed archive, in a place that every unpacker passes over. Padding, header fields
 * and the freedoms of compression carry no content, so that nothing else would tell when a bit flips there. It finds
 * damage, not fraud: that is what the digests inside are for.
 */
import { tarPaxBlocks } from "./tar-header.ts";

/** How an archive is packed. */
export const packings = ["none", "gzip", "zstd"] as const;
export type Packing = (typeof packings)[number];

const words = "wholesource crc32 ";
const digits = 8;

const sealText = (sum: number): string => words + sum.toString(16).padStart(digits, "0");
const textBytes = words.length + digits;

/** Gzip's header with an extra field; no name, no time, no system. */
function gzipSeal(text: string): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x57, 0x53, 0, 0]);
  header.writeUInt16LE(4 + textBytes, 10);
  header.writeUInt16LE(textBytes, 14);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** A frame that is to be skipped. */
function zstdSeal(text: string): Buffer {
  const header = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(textBytes, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

interface Place {
  readonly at: "start" | "end";
  readonly bytes: (text: string) => Buffer;
}

/** Tools know zstd by a first frame that is not to be skipped, so there it is the last. */
const places: { readonly [P in Packing]: Place } = {
  none: { at: "start", bytes: (text) => tarPaxBlocks("g", [["comment", text]]) },
  gzip: { at: "start", bytes: gzipSeal },
  zstd: { at: "end", bytes: zstdSeal },
};

/** Whether the seal stands before or behind the bytes that it speaks of. */
export const sealPlace = (packing: Packing): "start" | "end" => places[packing].at;

/** The seal of bytes with this CRC-32. */
export const sealBytes = (packing: Packing, sum: number): Buffer => places[packing].bytes(sealText(sum));

/** Bytes of a seal. */
export const sealLength = (packing: Packing): number => sealBytes(packing, 0).length;

/** Bytes that may differ in what is still taken for a seal: damage must not make it look like none. */
const maxDamagedBytes = 4;

/** What stands where a seal would be: the sum that it states, that it is damaged, or that there is none. */
export function readSeal(packing: Packing, bytes: Uint8Array): number | "damaged" | "none" {
  const model = sealBytes(packing, 0);
  if (bytes.length !== model.length) return "none";
  const start = model.indexOf(words, 0, "latin1") + words.length;
  let damaged = 0;
  let text = "";
  for (const [at, byte] of bytes.entries()) {
    if (at >= start && at < start + digits) text += String.fromCharCode(byte);
    else if (byte !== model[at] && ++damaged > maxDamagedBytes) return "none";
  }
  return damaged === 0 && /^[0-9a-f]{8}$/.test(text) ? Number.parseInt(text, 16) : "damaged";
}
