import { createWriteStream, type WriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DigesterFactory, loadDigesters } from "../digest/digester.ts";
import { readZipMembers } from "../inspect/formats/zip.ts";
import { createInspector } from "../inspect/inspector.ts";
import { createMemberReader, type Member, type MemberReader } from "../inspect/members.ts";
import type { Sink } from "../io/sink.ts";
import { licenseSourceKind } from "../license/sources.ts";
import type { BatchObject, Evidence, Hazard, Refusal } from "../model/evidence.ts";
import { saidIn } from "./look-licenses.ts";
import { collectBytes, LICENSE_MAX_BYTES } from "./look-parts.ts";

/** What reading an archive's members came to. */
export interface MembersSeen {
  readonly format?: string | undefined;
  readonly hazards: readonly Hazard[];
  readonly membersComplete: boolean;
  readonly memberCount: number;
}

/** Reads an archive as its bytes pass; a zip is put aside first, since its directory stands at its end. */
export interface MembersLook {
  readonly sink: Sink;
  /** After the last byte. `path` is the archive itself, when it is a local file. */
  finish(path?: string): Promise<MembersSeen>;
  /** Instead of `finish`, when the bytes did not all come. */
  abandon(): Promise<void>;
  /** True once evidence of members was handed over: what follows can not take it back. */
  readonly hasTold: boolean;
}

/** Evidence of members in one hand-over. */
const MEMBERS_IN_A_CHUNK = 256;
/** The same for an archive that comes over a network, which may have to start again: only then is it taken back. */
const MEMBERS_HELD_BACK = 50_000;

/** Looks at every member of an archive: digests, what the bytes are, licences. */
export function lookAtMembers(
  of: Pick<Evidence, "piece" | "location">,
  object: BatchObject,
  emit: (evidence: readonly Evidence[]) => void,
): MembersLook {
  // Not the archive's own facts: what its host publishes of it says nothing of its members.
  const { piece, location } = of;
  const base = { piece, location };
  const unfinished = new Map<string, Evidence>();
  let chunk: Evidence[] = [];
  let digesters: DigesterFactory | undefined;
  const ready = loadDigesters(object.memberAlgorithms ?? ["sha256"]).then((loaded) => {
    digesters = loaded;
  });
  const options = {
    path: object.path,
    strip: object.members?.strip ?? 0,
    ...(object.members?.prefix === undefined ? {} : { prefix: object.members.prefix }),
    onMember: (member: Member): Sink | undefined => memberSink(member),
  };
  const isRemote = !object.url.startsWith("file:");
  const chunkSize = isRemote ? MEMBERS_HELD_BACK : MEMBERS_IN_A_CHUNK;
  let hasTold = false;
  let kind: "zip" | "stream" | undefined;
  let reader: MemberReader | undefined;
  let spool: Spool | undefined;

  return {
    sink: {
      write(bytes) {
        if (kind === undefined) {
          kind = looksLikeZip(bytes) ? "zip" : "stream";
          if (kind === "stream") reader = createMemberReader(options);
          else if (isRemote) spool = createSpool();
        }
        if (digesters === undefined) return ready.then(() => pass(bytes));
        return pass(bytes);
      },
      end: () => undefined,
    },
    async finish(path) {
      await ready;
      try {
        const seen = kind === "zip" ? await finishZip(path) : await (reader ?? createMemberReader(options)).finish();
        // A member that was begun and not ended is there, and nobody can tell what it is.
        for (const evidence of unfinished.values()) add(evidence);
        flush();
        return seen;
      } finally {
        await spool?.remove();
      }
    },
    get hasTold() {
      return hasTold;
    },
    async abandon() {
      chunk = [];
      await reader?.finish().catch(() => undefined);
      await spool?.remove();
    },
  };

  function pass(bytes: Uint8Array): void | Promise<void> {
    return kind === "zip" ? spool?.write(bytes) : reader?.write(bytes);
  }

  async function finishZip(path: string | undefined): Promise<MembersSeen> {
    const at = path ?? (await spool?.end());
    return at === undefined ? { hazards: [], membersComplete: false, memberCount: 0 } : readZipMembers(at, options);
  }

  function memberSink({ path, size, mode, type }: Member): Sink | undefined {
    if (type === "folder") return undefined;
    if (type !== "file" || digesters === undefined) {
      add({ ...base, path, containedIn: object.path });
      return undefined;
    }
    unfinished.set(path, { ...base, path, containedIn: object.path, refusal: unreadMember });
    const licenseSource = licenseSourceKind(path) !== undefined;
    const digester = digesters.create({ size });
    const inspector = createInspector({ path, size });
    const text = licenseSource ? collectBytes(LICENSE_MAX_BYTES) : undefined;
    return {
      write(bytes) {
        digester.write(bytes);
        inspector.write(bytes);
        text?.write(bytes);
      },
      end() {
        unfinished.delete(path);
        const inspection = inspector.finish(true);
        const said = text?.bytes === undefined ? {} : saidIn({ path, licenseSource }, text.bytes);
        add({
          ...base,
          path,
          containedIn: object.path,
          transfer: { status: "read", size: digester.size, digest: digester.digest(), lengthProven: true, mode },
          ...(inspection.format === undefined && inspection.hazards.length === 0 ? {} : { inspection }),
          ...said,
        });
      },
    };
  }

  function add(evidence: Evidence): void {
    chunk.push(evidence);
    if (chunk.length >= chunkSize) flush();
  }

  function flush(): void {
    if (chunk.length > 0) {
      hasTold = true;
      emit(chunk);
    }
    chunk = [];
  }
}

const unreadMember: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "reply-invalid",
  message: "this member of the archive could not be read",
};

/** The signatures that a zip begins with: a local header, or the end record of an empty one. */
function looksLikeZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

interface Spool {
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<string>;
  remove(): Promise<void>;
}

/** Puts a stream aside into a temporary file of our own. */
function createSpool(): Spool {
  let opened: Promise<{ folder: string; path: string; stream: WriteStream }> | undefined;
  const open = async (): Promise<{ folder: string; path: string; stream: WriteStream }> => {
    const folder = await mkdtemp(join(tmpdir(), "wholesource-zip-"));
    const path = join(folder, "archive.zip");
    return { folder, path, stream: createWriteStream(path, { flags: "wx", mode: 0o600 }) };
  };
  return {
    async write(bytes) {
      opened ??= open();
      const { stream } = await opened;
      // The chunk belongs to its owner again when we return, so the stream gets a copy.
      await new Promise<void>((resolve, reject) => {
        stream.write(Uint8Array.from(bytes), (error) => (error ? reject(error) : resolve()));
      });
    },
    async end() {
      opened ??= open();
      const { stream, path } = await opened;
      await new Promise<void>((resolve, reject) => {
        stream.on("error", reject);
        stream.end(resolve);
      });
      return path;
    },
    async remove() {
      const { folder, stream } = (await opened) ?? {};
      stream?.destroy();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
