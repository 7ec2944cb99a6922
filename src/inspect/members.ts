import type { Sink } from "../io/sink.ts";
import { detectFormat } from "./detect.ts";
import { createGunzip, type Gunzip } from "./gunzip.ts";
import { createHazardList } from "./hazards.ts";
import { defaultMemberLimits } from "./limits.ts";
import type { MemberOptions, MembersResult } from "./member.ts";
import { createMemberGate } from "./member-gate.ts";
import { blockBytes, readTarHeader } from "./tar-header.ts";
import { createTarSource, type TarSource } from "./tar-source.ts";

export { readZipMembers } from "./formats/zip.ts";
export type { Member, MemberOptions, MembersResult } from "./member.ts";

/** Reads an archive's members from bytes that pass by, unpacking nothing to disk. */
export interface MemberReader extends Sink {
  write(chunk: Uint8Array): Promise<void>;
  /** Call it once, after the last byte; `complete` is false when the transfer was cut short. */
  finish(complete?: boolean): Promise<MembersResult>;
}

/**
 * Reads tar and tar.gz as a stream. A zip needs `readZipMembers`: the result then says `needsFile`. Other archives are
 * `archive-unsupported`. Errors of the sinks come back from `write` and `finish`; hostile bytes never throw.
 */
export function createMemberReader(options: MemberOptions): MemberReader {
  const limits = { ...defaultMemberLimits, ...options.limits };
  const hazards = createHazardList();
  const gate = createMemberGate(options, limits, hazards);
  let beginning = Buffer.alloc(0);
  let begun = false;
  let format: string | undefined;
  let gunzip: Gunzip | undefined;
  let source: TarSource | undefined;

  const begin = async (): Promise<void> => {
    const bytes = beginning;
    begun = true;
    beginning = Buffer.alloc(0);
    format = detectFormat(bytes)?.id;
    // An empty tar begins with its end marker.
    if (format === undefined && bytes.length >= blockBytes && readTarHeader(bytes) === "zero") format = "tar";
    if (format === "zip") return;
    const tar = createTarSource(format === "gzip", gate, limits, hazards);
    source = tar;
    if (format === "gzip") gunzip = createGunzip((chunk) => tar.write(chunk), limits, hazards);
    await pass(bytes);
  };

  const pass = async (bytes: Uint8Array): Promise<void> => {
    if (gunzip !== undefined) await gunzip.write(bytes);
    else await source?.write(bytes);
  };

  return {
    async write(chunk) {
      if (begun) return pass(chunk);
      beginning = Buffer.concat([beginning, chunk]);
      if (beginning.length >= blockBytes) await begin();
    },
    async finish(complete = true) {
      if (!begun && beginning.length > 0) await begin();
      let whole = false;
      if (!complete) gunzip?.abandon();
      else if (!begun) hazards.add("empty-file", "the archive has no bytes");
      else whole = (gunzip === undefined || (await gunzip.finish())) && source?.finish() === true;
      return {
        ...(format === undefined ? {} : { format }),
        hazards: hazards.list(),
        membersComplete: whole,
        memberCount: gate.count,
        outsideCount: gate.outsideCount,
        ...(format === "zip" ? { needsFile: true } : {}),
      };
    },
  };
}
