import type { Sink } from "../io/sink.ts";
import type { HazardCode } from "../model/evidence.ts";
import { openSecondView, type SecondView } from "./formats/tar.ts";
import type { HazardList } from "./hazards.ts";
import type { MemberLimits } from "./limits.ts";
import type { MemberGate } from "./member-gate.ts";
import { blockBytes, readTarHeader, type TarHeader } from "./tar-header.ts";
import { readTarMember, seesTheSame, volumeLabel } from "./tar-member.ts";
import { type Extension, mergeExtensions, readLongName, readPax } from "./tar-pax.ts";

/** Reads a tar that passes by, in chunks of any size. */
export interface TarReader {
  write(chunk: Uint8Array): Promise<void>;
  /** States what the end of the bytes means: true when the archive ended as it should. */
  finish(): boolean;
  /** True when nothing more will be read. */
  readonly stopped: boolean;
}

const extensionTypes = "xXgLKN";
const globalExtension = "g";

type Awaiting = "header" | "body" | "padding" | "extension" | "end";

/**
 * Our own walk over the headers, with a well-known parser as the second view. The library alone passes over what this
 * tool must tell: names that hide behind NULs, negative sizes, data behind the end marker, an empty archive.
 */
export function createTarReader(gate: MemberGate, limits: MemberLimits, hazards: HazardList): TarReader {
  const partial = Buffer.alloc(blockBytes);
  let filled = 0;
  let awaiting: Awaiting = "header";
  /** Bytes that are left of the body or padding. */
  let left = 0;
  let bodyBytes = 0;
  let sink: Sink | undefined;
  /** What extended headers said about the member to come. */
  let pending: Extension | undefined;
  let extension: { readonly type: string; readonly size: number; readonly bytes: Buffer; filled: number } | undefined;
  let zeroBlocks = 0;
  let blocks = 0;
  let stopped = false;
  let trailing = false;
  let secondView: SecondView | undefined;

  const stop = (): undefined => {
    stopped = true;
    sink = undefined;
  };
  const fail = (code: HazardCode, detail: string, at?: string): undefined => {
    hazards.add(code, detail, at);
    return stop();
  };

  const takeBlock = (block: Uint8Array): undefined | Promise<void> => {
    const header = readTarHeader(block);
    blocks++;
    if (header === "zero") return takeZeroBlock();
    if (header === "invalid") return fail("archive-corrupt", `the header in block ${blocks - 1} has a wrong checksum`);
    if (zeroBlocks === 1) {
      hazards.add("archive-ambiguous", "a block of zeros stands between members, where some readers stop", header.name);
    }
    zeroBlocks = 0;
    // The second view would take such a beginning for a packed archive.
    if (block[0] === 0x1f && block[1] === 0x8b) {
      return fail("archive-ambiguous", "a member's name begins like compressed data", header.name);
    }
    return extensionTypes.includes(header.type) ? takeExtension(block, header) : takeMember(block, header);
  };

  const takeZeroBlock = (): undefined => {
    zeroBlocks++;
    if (zeroBlocks < 2) return;
    awaiting = "end";
    if (pending !== undefined) hazards.add("archive-corrupt", "an extended header stands before no member");
  };

  const takeExtension = (block: Uint8Array, { name, size, type }: TarHeader): undefined => {
    if (size === undefined) return fail("archive-corrupt", "the size of an extended header is no number", name);
    if (size > limits.maxMetaBytes) return fail("archive-limit", `an extended header of ${size} bytes`, name);
    secondView?.header(block);
    if (size === 0) return;
    extension = { type, size, bytes: Buffer.alloc(roundUp(size)), filled: 0 };
    awaiting = "extension";
  };

  const endExtension = (): undefined => {
    if (extension === undefined) return undefined;
    const { type, size, bytes } = extension;
    extension = undefined;
    awaiting = "header";
    const complaint = secondView?.extension(bytes);
    if (complaint !== undefined) return fail("archive-corrupt", complaint);
    const body = bytes.subarray(0, size);
    const read = "LKN".includes(type) ? readLongName(type, body) : readPax(body);
    if (typeof read === "string") return fail("archive-corrupt", read);
    if (type !== globalExtension) {
      pending = mergeExtensions(pending, read);
    } else if (read.path !== undefined || read.linkPath !== undefined || read.size !== undefined) {
      fail("archive-ambiguous", "a global header gives every member one path or size");
    }
    return undefined;
  };

  const takeMember = (block: Uint8Array, header: TarHeader): undefined | Promise<void> => {
    const member = readTarMember(header, pending ?? {});
    if ("code" in member) return fail(member.code, member.detail, pending?.path ?? header.name);
    // Extended headers describe members, not labels.
    if (header.type !== volumeLabel) pending = undefined;
    const { name, type, size, mode, linkTarget } = member;
    for (const { code, detail } of member.doubts) hazards.add(code, detail, name);
    const seen = secondView?.header(block);
    if (typeof seen === "string") return fail("archive-corrupt", seen, name);
    if (!seesTheSame(member, seen)) {
      return fail("archive-ambiguous", "two readers read this member in two ways", name);
    }
    if (type !== undefined) {
      const wanted = gate.open({
        name: type === "folder" && name.endsWith("/") ? name.slice(0, -1) : name,
        type,
        size: type === "file" ? size : 0,
        mode,
        ...(linkTarget === undefined ? {} : { linkTarget }),
      });
      if (wanted === "stop") return stop();
      sink = type === "file" ? wanted : undefined;
    }
    bodyBytes = member.bodyBytes;
    left = bodyBytes;
    if (bodyBytes === 0) return endBody();
    awaiting = "body";
    return undefined;
  };

  const endBody = (): undefined | Promise<void> => {
    left = roundUp(bodyBytes) - bodyBytes;
    awaiting = left > 0 ? "padding" : "header";
    secondView?.skip(bodyBytes);
    const ended = sink;
    sink = undefined;
    return ended?.end?.() ?? undefined;
  };

  /** Consumes bytes from `at` on: how many, and what to wait for. */
  const step = (chunk: Uint8Array, at: number): { readonly took: number; readonly wait: undefined | Promise<void> } => {
    const there = chunk.length - at;
    if (awaiting === "body") {
      const took = Math.min(left, there);
      left -= took;
      const wrote = sink?.write(chunk.subarray(at, at + took)) ?? undefined;
      if (left > 0) return { took, wait: wrote };
      return { took, wait: wrote === undefined ? endBody() : wrote.then(endBody) };
    }
    if (awaiting === "padding") {
      const took = Math.min(left, there);
      left -= took;
      if (left === 0) awaiting = "header";
      return { took, wait: undefined };
    }
    if (awaiting === "extension" && extension !== undefined) {
      const took = Math.min(extension.bytes.length - extension.filled, there);
      extension.bytes.set(chunk.subarray(at, at + took), extension.filled);
      extension.filled += took;
      if (extension.filled === extension.bytes.length) endExtension();
      return { took, wait: undefined };
    }
    if (filled === 0 && there >= blockBytes) {
      return { took: blockBytes, wait: takeBlock(chunk.subarray(at, at + blockBytes)) };
    }
    const took = Math.min(blockBytes - filled, there);
    partial.set(chunk.subarray(at, at + took), filled);
    filled += took;
    if (filled < blockBytes) return { took, wait: undefined };
    filled = 0;
    return { took, wait: takeBlock(partial) };
  };

  const lookAtTrail = (chunk: Uint8Array): void => {
    if (trailing || isZero(chunk)) return;
    trailing = true;
    const another = chunk.length >= blockBytes && typeof readTarHeader(chunk) === "object";
    hazards.add("archive-trailing", another ? "another archive follows the end marker" : "data follows the end marker");
  };

  return {
    get stopped() {
      return stopped;
    },
    async write(chunk) {
      secondView ??= await openSecondView();
      let at = 0;
      while (at < chunk.length && !stopped && awaiting !== "end") {
        const { took, wait } = step(chunk, at);
        at += took;
        if (wait !== undefined) await wait;
      }
      if (awaiting === "end" && at < chunk.length) lookAtTrail(chunk.subarray(at));
    },
    finish() {
      if (stopped) return false;
      if (awaiting === "end" || (awaiting === "header" && filled === 0 && zeroBlocks === 1)) return true;
      fail("archive-truncated", truncation(awaiting, filled));
      return false;
    },
  };
}

function truncation(awaiting: Awaiting, filled: number): string {
  if (awaiting === "body") return "the archive ends within a member";
  if (awaiting === "padding" || (awaiting === "header" && filled === 0))
    return "the archive ends without an end marker";
  return "the archive ends within a header";
}

const roundUp = (bytes: number): number => Math.ceil(bytes / blockBytes) * blockBytes;

const zeroPage = Buffer.alloc(64 * 1024);

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += zeroPage.length) {
    const page = bytes.subarray(at, at + zeroPage.length);
    if (Buffer.compare(page, zeroPage.subarray(0, page.length)) !== 0) return false;
  }
  return true;
}
