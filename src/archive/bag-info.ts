/** `bag-info.txt`: what a bag says about itself to people, and how many bytes and files it should have. */
import type { LocalPath } from "../io/files-open.ts";
import type { BagFaults } from "./bag-faults.ts";
import { type BagEncoding, readBagText } from "./bag-text.ts";

/** Bytes and files of a payload, as `Payload-Oxum` counts them. */
export interface PayloadCount {
  readonly bytes: number;
  readonly files: number;
}

const OXUM = "payload-oxum";

/** Reads the metadata for the one thing in it that can be checked; its count, where it has a sound one. */
export function readBagInfo(
  file: LocalPath,
  name: string,
  { encoding, strict }: { readonly encoding: BagEncoding; readonly strict: boolean },
  faults: BagFaults,
): PayloadCount | undefined {
  const oxums: string[] = [];
  let spacing = 0;
  let number = 0;
  let continues: string[] | undefined;
  const take = (line: string): void => {
    number += 1;
    if (line.trim() === "") return;
    if (/^[ \t]/.test(line) && continues !== undefined) {
      if (continues === oxums) oxums.push(`${oxums.pop() ?? ""}${line.trim()}`);
      return;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) {
      faults.error("form-invalid", name, `line ${number}: expected a label, a colon and a value`);
      return;
    }
    const label = line.slice(0, colon);
    const value = line.slice(colon + 1);
    if (strict && spacing === 0 && (label.trim() !== label || !/^[ \t]/.test(value))) spacing = number;
    continues = label.trim().toLowerCase() === OXUM ? oxums : [];
    continues.push(value.trim());
  };
  const reading = readBagText(file, encoding);
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) step.value.forEach(take);
  const { fault, byteOrderMark, unterminated } = step.value;
  if (fault !== undefined) faults.error("form-invalid", name, `it can not be read: ${fault}`);
  if (byteOrderMark && encoding.isUtf8) faults.when(strict, "form-invalid", name, "it begins with a byte order mark");
  if (unterminated) faults.warning("form-discouraged", name, "its last line has no end");
  if (spacing > 0) {
    const detail = `line ${spacing}: expected a label, a colon at once, and one blank`;
    faults.warning("form-discouraged", name, detail);
  }
  const [oxum] = oxums;
  if (oxum === undefined) return undefined;
  if (oxums.length > 1) faults.when(strict, "form-invalid", name, "`Payload-Oxum` is there more than once");
  const match = /^([0-9]{1,15})\.([0-9]{1,15})$/.exec(oxum);
  if (match === null) {
    faults.error("form-invalid", name, `\`Payload-Oxum\` is \`${oxum.slice(0, 80)}\`, which is no \`bytes.files\``);
    return undefined;
  }
  return { bytes: Number(match[1]), files: Number(match[2]) };
}

/** One element of the metadata. */
export type BagInfoElement = readonly [label: string, value: string | undefined];

/** The metadata as a file; elements without a value are left out, and line ends become blanks. */
export function writeBagInfo(elements: readonly BagInfoElement[]): Uint8Array {
  const lines = elements.flatMap(([label, value]) => {
    const plain = value?.replaceAll(/[\s\p{Cc}]+/gu, " ").trim() ?? "";
    return plain === "" ? [] : [`${label}: ${plain}\n`];
  });
  return Buffer.from(lines.join(""));
}
