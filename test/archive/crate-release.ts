/** A small release in a folder, as archives get them. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type {
  ArchivedPiece,
  BagDigests,
  PayloadFile,
  ReleaseContents,
  RemoteFile,
} from "../../src/archive/contents.ts";
import { compareBytes } from "../../src/model/byte-order.ts";

export const digestsOf = (bytes: string | Uint8Array): BagDigests => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sha512: createHash("sha512").update(bytes).digest("hex"),
});

/** A piece that was verified, but for what is said. */
export const pieceOf = (id: string, more: Partial<ArchivedPiece> = {}): ArchivedPiece => ({
  id,
  kind: "dataset",
  outcome: "verified",
  licenseDeclared: "MIT",
  licenseConcluded: "MIT",
  uri: `https://example.org/${id}`,
  revision: "v1",
  files: 1,
  bytes: 1,
  ...more,
});

export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T, void, void> {
  yield* items;
}

/** Contents whose payload lies in the folder, as `<piece>/<path>`: each text is written there. */
export function releaseOf(
  folder: string,
  files: { readonly [path: string]: string },
  more: Partial<Omit<ReleaseContents, "remote">> & { readonly remote?: readonly RemoteFile[] } = {},
): ReleaseContents {
  const { remote = [], ...others } = more;
  const payload = Object.entries(files).map(([name, text]): PayloadFile => {
    const from = join(folder, name);
    mkdirSync(dirname(from), { recursive: true });
    writeFileSync(from, text);
    const [piece = "", ...path] = name.split("/");
    return {
      piece,
      path: path.join("/"),
      size: Buffer.byteLength(text),
      digest: digestsOf(text),
      from,
      url: `https://example.org/${piece}/${encodeURIComponent(path.join("/"))}`,
      mediaType: "text/plain",
    };
  });
  payload.sort((a, b) => compareBytes(`${a.piece}/${a.path}`, `${b.piece}/${b.path}`));
  const report = Buffer.from('{"report":true}\n');
  return {
    name: "iris-softmax",
    version: "1.0.0",
    publisher: "The iris people",
    description: "Three flowers told apart",
    homepage: "https://example.org/iris",
    time: "2026-01-02T03:04:05Z",
    agent: "wholesource 0.1.0",
    pieces: [...new Set(payload.map(({ piece }) => piece))].map((id) => pieceOf(id)),
    payload: () => streamOf(payload),
    remote: () => streamOf(remote),
    tags: [
      { path: "wholesource/report.json", size: report.length, digest: digestsOf(report), source: { bytes: report } },
    ],
    ...others,
  };
}
