import type { Hazard } from "../../model/evidence.ts";
import { defineFormat, type Sample, type Sight } from "../format.ts";
import { createJsonReader, JsonShapeError } from "../json-reader.ts";

/** The reference reader refuses longer headers. */
const maxHeaderBytes = 100_000_000;
const lengthBytes = 8;
const maxDtypes = 16;
const maxMetadataText = 64;

/** Bits of one element. */
const dtypeBits: { readonly [dtype: string]: number } = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
};

/** Hugging Face's tensor file: length of the header, header in JSON, tensors without gaps to the last byte. */
export const safetensors = defineFormat({
  id: "safetensors",
  binary: true,
  matches: (head) =>
    head.length > lengthBytes &&
    head[5] === 0 &&
    head[6] === 0 &&
    head[7] === 0 &&
    head[4] === 0 &&
    (head[8] === 0x7b || head[8] === 0x20) &&
    headerBytes(head) <= maxHeaderBytes &&
    headerBytes(head) >= 2 &&
    startsAsObject(head),
  headWanted: (head) => lengthBytes + headerBytes(head),
  inspect,
});

function startsAsObject(head: Uint8Array): boolean {
  let at = lengthBytes;
  while (at < head.length && head[at] === 0x20) at++;
  if (head[at] !== 0x7b) return false;
  const next = head[at + 1];
  return next === undefined || next === 0x22 || next === 0x7d || next === 0x20 || next === 0x0a;
}

function headerBytes(head: Uint8Array): number {
  return (head[3] ?? 0) * 0x1000000 + ((head[2] ?? 0) << 16) + ((head[1] ?? 0) << 8) + (head[0] ?? 0);
}

function inspect({ head, size }: Sample): Sight {
  const start = lengthBytes + headerBytes(head);
  if (size !== undefined && start > size) {
    return sight("file-truncated", `the header should end at byte ${start}, the file at ${size}`);
  }
  // Longer headers than are kept stay unread.
  if (head.length < start) return {};
  let header: Header;
  try {
    header = readHeader(new TextDecoder("utf-8", { fatal: true }).decode(head.subarray(lengthBytes, start)));
  } catch (error) {
    // The decoder throws a TypeError for what is not UTF-8.
    const detail = error instanceof JsonShapeError ? error.message : "it is not UTF-8";
    return sight("file-corrupt", `the safetensors header can not be read: ${detail}`);
  }
  const facts = {
    tensors: header.tensors.length,
    ...(Number.isSafeInteger(header.parameters) ? { parameters: header.parameters } : {}),
    dtypes: Object.fromEntries([...header.dtypes].slice(0, maxDtypes)),
    ...(header.format === undefined ? {} : { format: header.format }),
  };
  const fault = findFault(header, size === undefined ? undefined : size - start);
  return fault === undefined ? { facts } : { facts, hazards: [fault] };
}

function sight(code: "file-truncated" | "file-corrupt", detail: string): Sight {
  return { hazards: [{ code, detail }] };
}

interface Tensor {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  /** Bytes by shape and type; undefined for an unknown type. */
  readonly bytes: number | undefined;
}

interface Header {
  readonly tensors: readonly Tensor[];
  readonly parameters: number;
  readonly dtypes: ReadonlyMap<string, number>;
  readonly format: string | undefined;
}

function readHeader(text: string): Header {
  const reader = createJsonReader(text);
  const tensors: Tensor[] = [];
  const names = new Set<string>();
  const dtypes = new Map<string, number>();
  let parameters = 0;
  let format: string | undefined;
  const once = (name: string): void => {
    if (names.has(name)) throw new JsonShapeError(`the name \`${name.slice(0, 100)}\` stands there twice`);
    names.add(name);
  };
  reader.object((name) => {
    once(name);
    if (name === "__metadata__") {
      reader.object((key) => {
        const value = reader.string();
        if (key === "format") format = value.slice(0, maxMetadataText);
      });
      return;
    }
    let dtype: string | undefined;
    const shape: number[] = [];
    const offsets: number[] = [];
    reader.object((key) => {
      if (key === "dtype") dtype = reader.string();
      else if (key === "shape") reader.array(() => shape.push(reader.integer()));
      else if (key === "data_offsets") reader.array(() => offsets.push(reader.integer()));
      else reader.skip();
    });
    const [begin, end] = offsets;
    if (dtype === undefined || begin === undefined || end === undefined || offsets.length !== 2 || end < begin) {
      throw new JsonShapeError(`the tensor \`${name.slice(0, 100)}\` lacks its type or place`);
    }
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    const bits = Object.hasOwn(dtypeBits, dtype) ? dtypeBits[dtype] : undefined;
    parameters += elements;
    dtypes.set(dtype.slice(0, maxMetadataText), (dtypes.get(dtype) ?? 0) + 1);
    tensors.push({ name, begin, end, bytes: bits === undefined ? undefined : (elements * bits) / 8 });
  });
  reader.end();
  return { tensors, parameters, dtypes, format };
}

/** The first thing that is wrong with the places of the tensors; `there` is what follows the header. */
function findFault({ tensors }: Header, there: number | undefined): Hazard | undefined {
  const wrong = tensors.find(({ begin, end, bytes }) => bytes !== undefined && bytes !== end - begin);
  if (wrong !== undefined) {
    return corrupt(`\`${wrong.name.slice(0, 100)}\` needs ${wrong.bytes} bytes and has ${wrong.end - wrong.begin}`);
  }
  const placed = [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const tensor of placed) {
    if (tensor.begin !== end) {
      const what = tensor.begin < end ? "overlaps the tensor before it" : "leaves a gap before it";
      return corrupt(`\`${tensor.name.slice(0, 100)}\` ${what}`);
    }
    end = tensor.end;
  }
  if (there === undefined || there === end) return undefined;
  if (there < end) return { code: "file-truncated", detail: `${there} of ${end} bytes of tensors are there` };
  return corrupt(`${there - end} bytes follow the last tensor`);
}

const corrupt = (detail: string): Hazard => ({ code: "file-corrupt", detail });
