import { decodeText } from "./tar-header.ts";

/** What an extended header says about the next member, as far as it changes what is read. */
export interface Extension {
  readonly path?: string;
  readonly linkPath?: string;
  readonly size?: number;
  /** False when one of the names is not UTF-8. */
  readonly isText?: boolean;
  /** The member's bytes leave out holes. */
  readonly sparse?: boolean;
  /** What two readers may take in two ways. */
  readonly doubts?: readonly string[];
}

const maxRecordDigits = 8;
const decimal = /^\d{1,16}$/;

/** Reads the records of a pax header, byte-exactly; a string says why it can not be read. */
export function readPax(bytes: Uint8Array): Extension | string {
  const values = new Map<string, Uint8Array>();
  const doubts: string[] = [];
  let sparse = false;
  for (let at = 0; at < bytes.length; ) {
    const record = readRecord(bytes, at);
    if (typeof record === "string") return record;
    at = record.next;
    if (record.key.startsWith("GNU.sparse.")) sparse = true;
    if (record.key !== "path" && record.key !== "linkpath" && record.key !== "size") continue;
    const before = values.get(record.key);
    if (before !== undefined && Buffer.compare(before, record.value) !== 0) {
      doubts.push(`the extended header gives \`${record.key}\` twice`);
    }
    values.set(record.key, record.value);
    if (record.value.includes(0)) doubts.push(`the extended header's \`${record.key}\` holds a NUL character`);
  }
  const path = textOf(values.get("path"));
  const linkPath = textOf(values.get("linkpath"));
  const size = textOf(values.get("size"))?.text;
  if (size !== undefined && !(decimal.test(size) && Number.isSafeInteger(Number(size)))) {
    return "the extended header's size is no number";
  }
  return {
    ...(path === undefined ? {} : { path: path.text }),
    ...(linkPath === undefined ? {} : { linkPath: linkPath.text }),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(path?.valid === false || linkPath?.valid === false ? { isText: false } : {}),
    ...(sparse ? { sparse } : {}),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}

function textOf(bytes: Uint8Array | undefined): { text: string; valid: boolean } | undefined {
  return bytes === undefined ? undefined : decodeText(bytes);
}

/** One `length key=value\n`; the length counts itself. */
function readRecord(bytes: Uint8Array, start: number): { key: string; value: Uint8Array; next: number } | string {
  let at = start;
  let length = 0;
  for (; at < start + maxRecordDigits; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
  }
  const end = start + length;
  if (at === start || bytes[at] !== 0x20 || end > bytes.length || end <= at + 1 || bytes[end - 1] !== 0x0a) {
    return "a record of the extended header has a wrong length";
  }
  const equals = bytes.indexOf(0x3d, at + 1);
  if (equals < 0 || equals >= end || equals === at + 1) return "a record of the extended header has no key";
  return {
    key: decodeText(bytes.subarray(at + 1, equals)).text,
    value: bytes.subarray(equals + 1, end - 1),
    next: end,
  };
}

/** The later of two extensions of one member wins, and the doubt is told. */
export function mergeExtensions(first: Extension | undefined, second: Extension): Extension {
  if (first === undefined) return second;
  const twice = (["path", "linkPath", "size"] as const).filter(
    (key) => first[key] !== undefined && second[key] !== undefined && first[key] !== second[key],
  );
  const doubts = [
    ...(first.doubts ?? []),
    ...(second.doubts ?? []),
    ...twice.map((key) => `two extended headers give \`${key.toLowerCase()}\` differently`),
  ];
  return {
    ...first,
    ...second,
    ...(first.isText === false ? { isText: false } : {}),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}

/** The body of GNU's long name (`L`, `N`) or long link (`K`): text up to a NUL. */
export function readLongName(type: string, body: Uint8Array): Extension | string {
  const end = body.indexOf(0);
  const { text, valid } = decodeText(end < 0 ? body : body.subarray(0, end));
  if (text === "") return "a long name is empty";
  return { ...(type === "K" ? { linkPath: text } : { path: text }), ...(valid ? {} : { isText: false }) };
}
