// SPDX-License-Identifier: Apache-2.0

/** A safetensors file: the header's length as 8 bytes little-endian, the header as JSON, then the numbers as float32. */
export function safetensors(tensors) {
  const header = {};
  const parts = [];
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const part = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => {
      part.writeFloatLE(value, index * 4);
    });
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + part.length] };
    offset += part.length;
    parts.push(part);
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8, " "));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}
