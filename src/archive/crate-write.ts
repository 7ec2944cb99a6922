/** Writes the RO-Crate of a release: its files pass by three times, and none is kept. */
import { rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { compareBytes } from "../model/byte-order.ts";
import { redactLocation } from "../model/redact.ts";
import { type BagSpool, createBagSpool } from "./bag-spool.ts";
import type { BagDigests, PayloadFile, ReleaseContents, RemoteFile } from "./contents.ts";
import {
  contextEntities,
  crateContext,
  descriptorEntity,
  fileEntity,
  pieceEntity,
  pieceId,
  remoteEntity,
  rootEntity,
} from "./crate-entities.ts";
import { idOfPath } from "./crate-id.ts";
import { type Entity, licenseEntities, reference } from "./crate-licenses.ts";
import { type RemoteIds, startRemoteIds } from "./crate-urls.ts";

/** Writes `ro-crate-metadata.json` for a crate whose root is the folder of the pieces; what is at `to` is replaced. */
export async function writeCrate(
  contents: ReleaseContents,
  to: string,
): Promise<{ readonly size: number; readonly digest: BagDigests }> {
  const spool = createBagSpool(dirname(to), basename(to));
  try {
    await writeGraph(contents, spool);
    const { size, digest } = spool.end() ?? unreachable();
    return { size, digest };
  } catch (error) {
    spool.close();
    rmSync(to, { force: true });
    throw error;
  }
}

const unreachable = (): never => {
  throw new TypeError("a crate was written without a line");
};

async function writeGraph(contents: ReleaseContents, spool: BagSpool): Promise<void> {
  const counts = await countFiles(contents);
  const countOf = (id: string): FileCount => counts.get(id) ?? { local: 0, remote: 0 };
  const pieces = contents.pieces.toSorted((a, b) => compareBytes(`${a.id}/`, `${b.id}/`));

  spool.line(`{"@context":${JSON.stringify(crateContext)},"@graph":[`);
  spool.line(JSON.stringify(descriptorEntity));
  const write = (entity: Entity): void => spool.line(`,${JSON.stringify(entity)}`);
  write(
    rootEntity(
      contents,
      contents.pieces.map(({ id }) => pieceId(id, countOf(id).local)),
    ),
  );
  const files = allFiles(contents);
  let ids = startRemoteIds();
  for (const piece of pieces) {
    const { local, remote } = countOf(piece.id);
    const entity = pieceEntity(piece, local, remote);
    const part = async (): Promise<string> => JSON.stringify(reference(fileId((await files.next()).value, ids)));
    if (local + remote === 0) {
      write(entity);
    } else if (local + remote === 1) {
      spool.line(`,${openEnd(entity)},"hasPart":${await part()}}`);
    } else {
      spool.line(`,${openEnd(entity)},"hasPart":[`);
      for (let left = local + remote; left > 0; left--) spool.line((await part()) + (left > 1 ? "," : "]}"));
    }
  }
  await files.return(undefined);
  ids = startRemoteIds();
  for await (const file of allFiles(contents)) {
    write("from" in file ? fileEntity(file) : remoteEntity(file, ids(file), contents.time));
  }
  for (const entity of licenseEntities(contents.pieces)) write(entity);
  for (const entity of contextEntities(contents)) write(entity);
  spool.line("]}");
}

/** An object's text without its last brace. */
const openEnd = (entity: Entity): string => JSON.stringify(entity).slice(0, -1);

function fileId(file: PayloadFile | RemoteFile | undefined, ids: RemoteIds): string {
  if (file === undefined) throw new TypeError("the files of a release are fewer than when they were counted");
  return "from" in file ? idOfPath(`${file.piece}/${file.path}`) : ids(file);
}

interface FileCount {
  readonly local: number;
  readonly remote: number;
}

/** How many files each piece has. Whatever breaks the order of the files or belongs to no piece is a bug of the caller. */
async function countFiles(contents: ReleaseContents): Promise<ReadonlyMap<string, FileCount>> {
  const counts = new Map(contents.pieces.map(({ id }) => [id, { local: 0, remote: 0 }]));
  let last = "";
  for await (const file of allFiles(contents)) {
    const path = `${file.piece}/${file.path}`;
    if (last !== "" && compareBytes(last, path) >= 0) throw new TypeError(`\`${path}\` is not in order`);
    last = path;
    const count = counts.get(file.piece);
    if (count === undefined) throw new TypeError(`\`${path}\` belongs to no piece`);
    count["from" in file ? "local" : "remote"] += 1;
  }
  return counts;
}

/** Local and remote files in one order. */
async function* allFiles(contents: ReleaseContents): AsyncGenerator<PayloadFile | RemoteFile, undefined, void> {
  const local = contents.payload()[Symbol.asyncIterator]();
  const remote = contents.remote()[Symbol.asyncIterator]();
  try {
    let [a, b] = [await local.next(), await remote.next()];
    for (;;) {
      if (a.done !== true && (b.done === true || compareFiles(a.value, b.value) <= 0)) {
        yield a.value;
        a = await local.next();
      } else if (b.done !== true) {
        // An address may have been asked for with a secret that nobody should read here.
        yield { ...b.value, url: redactLocation(b.value.url) };
        b = await remote.next();
      } else return;
    }
  } finally {
    await local.return?.();
    await remote.return?.();
  }
}

const compareFiles = (a: PayloadFile | RemoteFile, b: PayloadFile | RemoteFile): number =>
  compareBytes(`${a.piece}/${a.path}`, `${b.piece}/${b.path}`);
