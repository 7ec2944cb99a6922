import { defineFormat, type Format } from "./format.ts";
import { hasText } from "./tar-header.ts";

/** Formats of which we know the mark and nothing more: id, offset, bytes as Latin-1. A format may have several. */
const marks: readonly (readonly [string, number, string])[] = [
  ["pdf", 0, "%PDF-"],
  ["jpeg", 0, "\xff\xd8\xff"],
  ["gif", 0, "GIF87a"],
  ["gif", 0, "GIF89a"],
  ["hdf5", 0, "\x89HDF\r\n\x1a\n"],
  ["xz", 0, "\xfd7zXZ\x00"],
  ["7z", 0, "7z\xbc\xaf\x27\x1c"],
  ["rar", 0, "Rar!\x1a\x07"],
  ["lz4", 0, "\x04\x22\x4d\x18"],
  ["lzip", 0, "LZIP\x01"],
  ["compress", 0, "\x1f\x9d\x90"],
  ["sqlite", 0, "SQLite format 3\x00"],
  ["arrow", 0, "ARROW1"],
  ["feather", 0, "FEA1"],
  ["arrow-stream", 0, "\xff\xff\xff\xff"],
  ["flac", 0, "fLaC"],
  ["ogg", 0, "OggS\x00"],
  ["avro", 0, "Obj\x01"],
  ["elf", 0, "\x7fELF"],
  ["tflite", 4, "TFL3"],
  ["mp4", 4, "ftyp"],
  ["mp3", 0, "ID3"],
  ["mp3", 0, "\xff\xfb"],
];

/** Formats with a mark of two parts. */
const split: readonly (readonly [string, string, number, string])[] = [
  ["wav", "RIFF", 8, "WAVE"],
  ["wav", "RF64", 8, "WAVE"],
  ["webp", "RIFF", 8, "WEBP"],
];

/** `BZh`, a level, then the mark of the first block or of the end. */
const bzip2: Format = defineFormat({
  id: "bzip2",
  binary: true,
  firstBytes: [0x42],
  matches: (head) =>
    hasText(head, 0, "BZh") && (hasText(head, 4, "1AY&SY") || hasText(head, 4, "\x17\x72\x45\x38\x50\x90")),
});

/** A frame, or one of the sixteen marks of a frame to pass over. */
const zstd: Format = defineFormat({
  id: "zstd",
  binary: true,
  firstBytes: [0x28, ...Array.from({ length: 16 }, (_, index) => 0x50 + index)],
  matches: (head) =>
    hasText(head, 0, "\x28\xb5\x2f\xfd") || (((head[0] ?? 0) & 0xf0) === 0x50 && hasText(head, 1, "\x2a\x4d\x18")),
});

/** One entry for each mark; those with an offset are asked for every file. */
export const magicFormats: readonly Format[] = [
  bzip2,
  zstd,
  ...marks.map(([id, at, text]) =>
    defineFormat({
      id,
      binary: true,
      ...(at === 0 ? { firstBytes: [text.charCodeAt(0)] } : {}),
      matches: (head) => hasText(head, at, text),
    }),
  ),
  ...split.map(([id, start, at, text]) =>
    defineFormat({
      id,
      binary: true,
      firstBytes: [start.charCodeAt(0)],
      matches: (head) => hasText(head, at, text) && hasText(head, 0, start),
    }),
  ),
];
