/** A small release for the tests of OCI layouts, and a plain writer of entries. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type {
  ArchivedPiece,
  ArchiveEntry,
  BagDigests,
  PayloadFile,
  ReleaseContents,
  RemoteFile,
} from "../../src/archive/contents.ts";
import { type OciOptions, ociEntries } from "../../src/archive/oci-entries.ts";
import { compareBytes } from "../../src/model/byte-order.ts";

/** A folder of its own, gone with the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-oci-archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const digests = (bytes: Uint8Array): BagDigests => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sha512: createHash("sha512").update(bytes).digest("hex"),
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const piece = (id: string, kind: ArchivedPiece["kind"], more: Partial<ArchivedPiece> = {}): ArchivedPiece => ({
  id,
  kind,
  outcome: "verified",
  licenseConcluded: "Apache-2.0",
  files: 1,
  bytes: 1,
  ...more,
});

/** Two mebibytes that no compression makes smaller. */
export const large: Buffer = (() => {
  const blocks: Buffer[] = [];
  for (let index = 0; index < 65_536; index++) blocks.push(createHash("sha256").update(`${index}`).digest());
  return Buffer.concat(blocks);
})();

export const longName = `${"deep/".repeat(30)}${"n".repeat(120)}.txt`;

export const files: { readonly [path: string]: string | Buffer } = {
  "code/train.py": "print('train')\n",
  "code/lib/näh.py": "# ünïcode\n",
  [`code/${longName}`]: "long\n",
  "code/empty.txt": "",
  "data/rows.csv": "a,b\n1,2\n",
  "weights/model.safetensors": large,
  "weights/copy/model.safetensors": large,
  "weights/config.json": "{}\n",
};

/** The release; its files lie in `folder`. */
export function release(folder: string, more: Partial<ReleaseContents> = {}, own = files): ReleaseContents {
  const payload = Object.entries(own).map(([name, text]): PayloadFile => {
    const bytes = Buffer.from(text);
    const from = join(folder, "payload", name);
    mkdirSync(dirname(from), { recursive: true });
    writeFileSync(from, bytes);
    const slash = name.indexOf("/");
    return {
      piece: name.slice(0, slash),
      path: name.slice(slash + 1),
      size: bytes.length,
      digest: digests(bytes),
      from,
    };
  });
  payload.sort((a, b) => compareBytes(`${a.piece}/${a.path}`, `${b.piece}/${b.path}`));
  const tag = (path: string, text: string) => {
    const bytes = Buffer.from(text);
    return { path, size: bytes.length, digest: digests(bytes), source: { bytes } };
  };
  const remote: RemoteFile[] = [];
  return {
    name: "tiny",
    version: "1.0.0",
    publisher: "Example Lab",
    description: "a release for tests",
    homepage: "https://example.org/tiny",
    time: "2025-03-04T05:06:07Z",
    agent: "wholesource 0.1.0",
    pieces: [
      piece("code", "training-code", { uri: "https://example.org/code.git", revision: "0123abcd" }),
      piece("data", "dataset", {
        licenseConcluded: "NOASSERTION",
        licenseDeclared: "CC-BY-4.0",
        uri: "https://example.org/data",
      }),
      piece("weights", "weights", { licenseConcluded: "MIT OR Apache-2.0" }),
    ],
    payload: () => each(payload),
    remote: () => each(remote),
    tags: [tag("wholesource/manifest.yaml", "name: tiny\n"), tag("wholesource/report.json", "{}\n")],
    ...more,
  };
}

/** Writes entries into a new folder, as simply as can be. */
export async function layDown(entries: AsyncIterable<ArchiveEntry>, folder: string): Promise<string> {
  for await (const { path, size, source } of entries) {
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    if ("bytes" in source) writeFileSync(to, source.bytes, { flag: "wx" });
    else copyFileSync(source.from, to);
    if (readFileSync(to).length !== size) throw new Error(`${path}: not of its size`);
  }
  return folder;
}

/** The release as a layout. */
export async function layout(contents: ReleaseContents, options: Partial<OciOptions> = {}): Promise<string> {
  return layDown(ociEntries(contents, { scratch: scratch(), ...options }), join(scratch(), "layout"));
}

/** Every file below a folder with its bytes' digest. */
export function tree(folder: string): { readonly [path: string]: string } {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.sort().map((file) => [file.slice(folder.length + 1), digests(readFileSync(file)).sha256]),
  );
}

/** A layout by hand; each value is a blob, or a document that names others. */
export class LayoutByHand {
  readonly folder = join(scratch(), "by-hand");
  constructor() {
    mkdirSync(join(this.folder, "blobs/sha256"), { recursive: true });
    writeFileSync(join(this.folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }
  blob(value: object | string | Uint8Array, mediaType = "application/octet-stream", algorithm = "sha256") {
    const bytes = toBytes(value);
    const hex = createHash(algorithm).update(bytes).digest("hex");
    mkdirSync(join(this.folder, "blobs", algorithm), { recursive: true });
    writeFileSync(join(this.folder, "blobs", algorithm, hex), bytes);
    return { mediaType, digest: `${algorithm}:${hex}`, size: bytes.length };
  }
  manifest(more: object = {}) {
    const config = this.blob("{}");
    return this.blob({ schemaVersion: 2, config, layers: [], ...more }, "application/vnd.oci.image.manifest.v1+json");
  }
  index(...manifests: object[]) {
    writeFileSync(join(this.folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
    return this.folder;
  }
}

function toBytes(value: object | string | Uint8Array): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}
