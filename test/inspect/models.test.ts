import { describe, expect, test } from "vitest";
import { createInspector, inspectBytes } from "../../src/inspect/inspector.ts";

const codes = (bytes: Buffer, path = "m.safetensors"): readonly string[] =>
  inspectBytes(path, bytes, bytes.length).hazards.map(({ code }) => code);

function safetensors(header: unknown, data: number, length?: number): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeUInt32LE(length ?? text.length);
  return Buffer.concat([start, text, Buffer.alloc(data)]);
}
const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32"): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  const header = { __metadata__: { format: "pt" }, a: tensor(0, 16, [2, 2]), b: tensor(16, 18, [1], "BF16") };
  const whole = safetensors(header, 18);

  test("facts", () => {
    expect(inspectBytes("m.safetensors", whole, whole.length)).toEqual({
      format: "safetensors",
      hazards: [],
      facts: { tensors: 2, parameters: 5, dtypes: { F32: 1, BF16: 1 }, format: "pt" },
    });
  });

  test.each([
    ["no tensors", safetensors({}, 0)],
    ["spaces behind the header", safetensors(`${JSON.stringify({ a: tensor(0, 4) })}     `, 4)],
    ["a space in front", safetensors(` ${JSON.stringify({ a: tensor(0, 4) })}`, 4)],
    ["an empty tensor", safetensors({ a: tensor(0, 0, [0]), b: tensor(0, 4) }, 4)],
    ["a scalar", safetensors({ a: tensor(0, 4, []) }, 4)],
    ["a type that we do not know", safetensors({ a: tensor(0, 7, [3], "X7") }, 7)],
    ["half bytes", safetensors({ a: tensor(0, 2, [4], "F4") }, 2)],
    ["names like members of objects", safetensors(`{"__proto__":${JSON.stringify(tensor(0, 4))}}`, 4)],
    [
      "escapes and unknown keys",
      safetensors(`{"\\u0061":{"x":[{"y":null}],"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1),
    ],
  ])("%s", (_name, bytes) => expect(codes(bytes)).toEqual([]));

  test.each([
    ["a hole", safetensors({ a: tensor(0, 4), b: tensor(8, 12) }, 12)],
    ["an overlap", safetensors({ a: tensor(0, 8), b: tensor(4, 12) }, 12)],
    ["a shape that does not fit", safetensors({ a: tensor(0, 8, [3]) }, 8)],
    ["a shape beyond all numbers", safetensors({ a: tensor(0, 8, [9007199254740991, 9007199254740991]) }, 8)],
    ["bytes behind", safetensors({ a: tensor(0, 4) }, 5)],
    ["a name twice", safetensors(`{"a":${JSON.stringify(tensor(0, 4))},"a":${JSON.stringify(tensor(0, 4))}}`, 4)],
    ["no offsets", safetensors({ a: { dtype: "F32", shape: [1] } }, 4)],
    ["negative offsets", safetensors({ a: tensor(-4, 0, [1]) }, 4)],
    ["offsets turned round", safetensors(`{"a":{"dtype":"F32","shape":[],"data_offsets":[4,0]}}`, 4)],
    ["metadata that is no text", safetensors({ __metadata__: { a: 1 } }, 0)],
    ["broken JSON", safetensors(`{"a":`, 0)],
    ["a second value", safetensors(`{} {}`, 0)],
    ["depth", safetensors(`{"a":{"x":${"[".repeat(5000)}`, 0)],
    ["not UTF-8", Buffer.concat([safetensors(`{"a`, 0, 6), Buffer.from([0xff, 0x22, 0x7d])])],
  ])("corrupt: %s", (_name, bytes) => expect(codes(bytes)).toEqual(["file-corrupt"]));

  test("cut at every byte", () => {
    for (let cut = 10; cut < whole.length; cut++) {
      expect(codes(whole.subarray(0, cut)), `cut at ${cut}`).toEqual(["file-truncated"]);
    }
    for (let cut = 1; cut < 9; cut++) expect(codes(whole.subarray(0, cut))).toEqual(["format-unexpected"]);
  });

  test("a header longer than what is usually kept", () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, at) => [`model.layers.${at}.weight`, tensor(at * 4, at * 4 + 4)]),
    );
    const bytes = safetensors(many, 20_000);
    for (const [end, expected] of [
      [bytes.length, []],
      [bytes.length - 1, ["file-truncated"]],
    ] as const) {
      const inspector = createInspector({ path: "m.safetensors" });
      for (let at = 0; at < end; at += 10_000) inspector.write(bytes.subarray(at, Math.min(end, at + 10_000)));
      const seen = inspector.finish(true);
      expect(seen.hazards.map(({ code }) => code)).toEqual(expected);
      expect(seen.facts).toMatchObject({ tensors: 5000, parameters: 5000 });
    }
  });

  test("a hostile header costs no more than its length", () => {
    const started = performance.now();
    for (const text of [
      `{"a":${"[".repeat(4_000_000)}`,
      `{"a":{"x":[${"[],".repeat(1_000_000)}[]]}}`,
      `{${'"a":{},'.repeat(500_000)}`,
    ]) {
      expect(codes(safetensors(text, 0))).toEqual(["file-corrupt"]);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("gguf", () => {
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const u64 = (value: number | bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
  const string = (key: string, value: string): Buffer => Buffer.concat([text(key), u32(8), text(value)]);
  const number = (key: string, value: number): Buffer => Buffer.concat([text(key), u32(4), u32(value)]);
  const words = (key: string, values: readonly string[]): Buffer =>
    Buffer.concat([text(key), u32(9), u32(8), u64(values.length), ...values.map(text)]);
  const place = (name: string, dims: readonly number[], type: number, offset: number): Buffer =>
    Buffer.concat([text(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset)]);
  function gguf(
    keys: readonly Buffer[],
    tensors: readonly Buffer[],
    data: number,
    counts?: [number | bigint, number | bigint],
  ): Buffer {
    const [tensorCount, keyCount] = counts ?? [tensors.length, keys.length];
    const head = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(tensorCount), u64(keyCount), ...keys, ...tensors]);
    return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), Buffer.alloc(data)]);
  }
  const keys = [
    string("general.architecture", "llama"),
    words("tokenizer.ggml.tokens", ["a", "bb"]),
    string("general.name", "Tried"),
  ];
  const tensors = [place("t", [32, 2], 2, 0), place("u", [4], 0, 64)];
  const whole = gguf(keys, tensors, 80);

  test("facts", () => {
    expect(inspectBytes("m.gguf", whole, whole.length)).toEqual({
      format: "gguf",
      hazards: [],
      facts: { version: 3, tensors: 2, architecture: "llama", name: "Tried" },
    });
  });

  test("cut at every byte", () => {
    for (let cut = 4; cut < whole.length; cut++) {
      expect(codes(whole.subarray(0, cut), "m.gguf"), `cut at ${cut}`).toEqual(["file-truncated"]);
    }
  });

  test.each([
    ["a key twice", gguf([number("a", 1), number("a", 1)], [], 0), "file-corrupt"],
    ["an alignment that is no power of two", gguf([number("general.alignment", 33)], [], 0), "file-corrupt"],
    ["an unknown type", gguf([Buffer.concat([text("a"), u32(99), u32(0)])], [], 0), "file-corrupt"],
    ["2^63 tensors", gguf([], [], 0, [2n ** 63n, 0]), "file-corrupt"],
    ["2^62 keys", gguf([], [], 0, [0, 2n ** 62n]), "file-corrupt"],
    ["a million dimensions", gguf([], [Buffer.concat([text("t"), u32(1_000_000)])], 0), "file-corrupt"],
    ["a string of 2^62 bytes", gguf([Buffer.concat([text("a"), u32(8), u64(2n ** 62n)])], [], 0), "file-truncated"],
    [
      "nested arrays",
      gguf(
        [Buffer.concat([text("a"), ...Array.from({ length: 50 }, () => Buffer.concat([u32(9), u32(9), u64(1)]))])],
        [],
        0,
      ),
      "file-corrupt",
    ],
    ["an offset beyond the end", gguf([], [place("t", [4], 0, 1_000_000)], 16), "file-truncated"],
  ])("%s", (_name, bytes, code) => expect(codes(bytes, "m.gguf")).toEqual([code]));

  test("a vocabulary longer than what is usually kept", () => {
    const vocabulary = Array.from({ length: 40_000 }, (_, at) => `token-${at}`);
    const bytes = gguf([words("tokens", vocabulary), number("general.alignment", 64)], [place("t", [4], 0, 0)], 80);
    const inspector = createInspector({ path: "m.gguf" });
    for (let at = 0; at < bytes.length; at += 10_000) inspector.write(bytes.subarray(at, at + 10_000));
    expect(inspector.finish(true)).toEqual({ format: "gguf", hazards: [], facts: { version: 3, tensors: 1 } });
  });
});
