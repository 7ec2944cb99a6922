import { ByteCursor, OutOfBytes } from "../byte-cursor.ts";
import { defineFormat, type Sample, type Sight } from "../format.ts";
import { hasText } from "../tar-header.ts";

/** The limits that readers of the format keep. */
const maxTensors = 10_000_000;
const maxKeys = 100_000;
const maxArray = 10_000_000;
const maxDimensions = 8;
const maxAlignment = 1024 * 1024;
const maxNesting = 4;
const maxFactText = 64;

const fixedBytes: { readonly [type: number]: number } = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const stringType = 8;
const arrayType = 9;
const uint32Type = 4;

/** Elements of a block and its bytes, by ggml type; types that changed in size are left out. */
const blocks: { readonly [type: number]: readonly [elements: number, bytes: number] } = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
};

/** The llama.cpp family's model file: key-values, tensor places, then the tensors. */
export const gguf = defineFormat({
  id: "gguf",
  binary: true,
  firstBytes: [0x47],
  matches: (head) => hasText(head, 0, "GGUF"),
  headWanted(head) {
    const read = readHeader(head);
    // The header does not tell its length: the kept beginning doubles until it fits.
    return read === "more" ? head.length * 2 : head.length;
  },
  inspect,
});

function inspect({ head, size }: Sample): Sight {
  const header = readHeader(head);
  if (header === "more") {
    if (size === undefined || head.length < size) return {};
    return { hazards: [{ code: "file-truncated", detail: "the file ends within the gguf header" }] };
  }
  if (typeof header === "string") {
    return { hazards: [{ code: "file-corrupt", detail: `the gguf header can not be read: ${header}` }] };
  }
  const { facts, dataEnd } = header;
  if (size === undefined || dataEnd <= size) return { facts };
  return { facts, hazards: [{ code: "file-truncated", detail: `${size} of at least ${dataEnd} bytes are there` }] };
}

interface Header {
  readonly facts: { readonly [name: string]: string | number };
  /** Where the last tensor ends, as far as its type is known. */
  readonly dataEnd: number;
}

class Malformed extends Error {}

/** The header, `more` when it does not end within these bytes, or what is wrong with it. */
function readHeader(head: Uint8Array): Header | string {
  try {
    return walkHeader(new ByteCursor(head, 4));
  } catch (error) {
    if (error instanceof OutOfBytes) return "more";
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function walkHeader(cursor: ByteCursor): Header {
  const version = cursor.uint32();
  // Version 1 has other widths; a version in the high half is big-endian. Neither is read any further.
  if (version === 1 || (version & 0xffff) === 0) return { facts: { version }, dataEnd: 0 };
  if (version > 3) return { facts: { version }, dataEnd: 0 };
  const tensors = below(cursor.uint64(), maxTensors, "tensors");
  const keys = below(cursor.uint64(), maxKeys, "keys");
  const names = new Map<string, string>();
  let alignment = 32;
  const seen = new Set<string>();
  for (let index = 0; index < keys; index++) {
    const key = cursor.text(below(cursor.uint64(), 65535, "bytes in a key"));
    if (seen.has(key)) throw new Malformed(`the key \`${key.slice(0, 100)}\` stands there twice`);
    seen.add(key);
    const type = cursor.uint32();
    if (type === stringType && (key === "general.architecture" || key === "general.name")) {
      const length = cursor.uint64();
      names.set(key, cursor.text(Math.min(length, maxFactText)));
      cursor.skip(length - Math.min(length, maxFactText));
    } else if (type === uint32Type && key === "general.alignment") {
      alignment = cursor.uint32();
      if (alignment === 0 || alignment > maxAlignment || (alignment & (alignment - 1)) !== 0) {
        throw new Malformed(`the alignment ${alignment} is not a power of two`);
      }
    } else {
      skipValue(cursor, type, 0);
    }
  }
  let lastEnd = 0;
  for (let index = 0; index < tensors; index++) lastEnd = Math.max(lastEnd, readTensorEnd(cursor));
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  const architecture = names.get("general.architecture");
  const name = names.get("general.name");
  return {
    facts: {
      version,
      tensors,
      ...(architecture === undefined ? {} : { architecture }),
      ...(name === undefined ? {} : { name }),
    },
    dataEnd: tensors === 0 ? cursor.at : dataStart + lastEnd,
  };
}

function readTensorEnd(cursor: ByteCursor): number {
  cursor.skip(cursor.uint64());
  const dimensions = below(cursor.uint32(), maxDimensions, "dimensions");
  let elements = 1;
  for (let index = 0; index < dimensions; index++) elements *= cursor.uint64();
  const block = blocks[cursor.uint32()];
  const offset = cursor.uint64();
  return block === undefined ? offset : offset + Math.floor(elements / block[0]) * block[1];
}

function skipValue(cursor: ByteCursor, type: number, nesting: number): void {
  const width = fixedBytes[type];
  if (width !== undefined || type === stringType) {
    cursor.skip(width ?? cursor.uint64());
    return;
  }
  if (type !== arrayType || nesting >= maxNesting) throw new Malformed(`a value of the unknown type ${type}`);
  const itemType = cursor.uint32();
  const length = below(cursor.uint64(), maxArray, "items in an array");
  const itemWidth = fixedBytes[itemType];
  if (itemWidth !== undefined) {
    cursor.skip(itemWidth * length);
    return;
  }
  for (let index = 0; index < length; index++) skipValue(cursor, itemType, nesting + 1);
}

function below(value: number, limit: number, what: string): number {
  if (value > limit) throw new Malformed(`${value} ${what}`);
  return value;
}
