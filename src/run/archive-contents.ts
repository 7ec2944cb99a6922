/** A finished run as what an archive is made of. */
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArchivedPiece, PayloadFile, ReleaseContents, RemoteFile, TagFile } from "../archive/contents.ts";
import { WARC_WHOLE_MAX_BYTES } from "../archive/warc-exchange.ts";
import { createDigester } from "../digest/digester.ts";
import type { Store } from "../io/store.ts";
import { textLines } from "../io/text-lines.ts";
import { ArchivedLine } from "../model/archived.ts";
import { WholesourceError } from "../model/error.ts";
import type { Manifest } from "../model/manifest.ts";
import { refuse } from "../model/refusal.ts";
import type { PieceReport, Report } from "../model/report.ts";
import { VERSION } from "../model/version.ts";
import { jsonText } from "../report/reporters/json.ts";
import type { Recorder } from "./recorder.ts";
import type { ManifestSource } from "./source.ts";

/** What is read at a time to digest a tag file. */
const READ_BYTES = 1024 * 1024;

/** Kept payloads that web archive records refer to; bodies of others stand there in part. */
const WARC_NAMES_MAX = 1_000_000;

/** What a run gave. */
export interface FinishedRun {
  readonly source: ManifestSource;
  readonly manifest: Manifest;
  readonly report: Report;
  readonly recorder: Recorder;
  readonly store: Store;
  /** An empty folder. */
  readonly scratch: string;
  /** ISO 8601 UTC: of everything that is written. */
  readonly time: string;
  /** Pieces whose files are not kept. */
  readonly leave: ReadonlySet<string>;
  /** The folder of recorded exchanges, where they are kept too. */
  readonly warc?: { readonly record: string; readonly fixedTime: boolean };
}

/** Writes down what the archive says of itself, and opens the payload. */
export async function archiveContents(run: FinishedRun): Promise<ReleaseContents> {
  const { manifest, report, recorder, scratch, source } = run;
  const index = join(scratch, "payload.jsonl");
  const left = join(scratch, "remote.jsonl");
  const resolutions = join(scratch, "resolutions.jsonl");
  await writePayloadIndex(run, { resolutions, index, left });
  const evidence = join(scratch, "evidence.jsonl");
  await writeLines(evidence, recorder.evidence());
  const licenses = join(scratch, "licenses.jsonl");
  await writeLines(licenses, licenseLines(report));
  const told = Buffer.from(jsonText(report));
  const tags = [
    await tagOf(`wholesource/manifest.${isJson(source) ? "json" : "yaml"}`, { bytes: source.bytes }),
    await tagOf("wholesource/report.json", { bytes: told }),
    await tagOf("wholesource/evidence.jsonl", { from: evidence }),
    await tagOf("wholesource/licenses.jsonl", { from: licenses }),
    await tagOf("wholesource/resolutions.jsonl", { from: resolutions }),
  ];
  if (run.warc !== undefined) {
    const file = join(scratch, "exchanges.warc.gz");
    await writeWarc(run, run.warc, file, index);
    tags.push(await tagOf("wholesource/exchanges.warc.gz", { from: file }));
  }
  for (const { piece, file } of recorder.listings)
    tags.push(await tagOf(`wholesource/listings/${piece}`, { from: file }));
  return {
    name: manifest.name,
    version: manifest.version,
    publisher: manifest.publisher,
    description: manifest.description,
    homepage: manifest.homepage,
    time: run.time,
    agent: `wholesource ${VERSION}`,
    pieces: report.pieces.map(pieceOf),
    // Written by this run, a moment ago.
    payload: () => linesOf<PayloadFile>(index),
    remote: () => linesOf<RemoteFile>(left),
    tags: tags.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
  };
}

function isJson({ uri, bytes }: ManifestSource): boolean {
  return /\.json$/i.test(uri) || bytes[0] === 0x7b;
}

/** Writes the resolutions, and beside them where each kept file lies and which ones are left where they are. */
async function writePayloadIndex(
  { recorder, store, leave }: FinishedRun,
  to: { readonly resolutions: string; readonly index: string; readonly left: string },
): Promise<void> {
  const [kept, left] = [openLines(to.index), openLines(to.left)];
  const lines = openLines(to.resolutions);
  for (const text of recorder.resolutions()) {
    const line = ArchivedLine.parse(JSON.parse(text));
    const file = line.type === "object" ? recorder.payloadOf(line) : undefined;
    if (line.type !== "object" || !leave.has(line.piece)) {
      if (file !== undefined) {
        const from = await store.has(file.digest.sha256);
        if (from === undefined) throw gone(file.path);
        await kept.write(JSON.stringify({ ...file, from }));
      }
      await lines.write(text);
      continue;
    }
    const refusal =
      line.kept === undefined ? line.refusal : refuse("not-archived", "it was left where it is, by choice");
    await lines.write(JSON.stringify({ ...line, ...(refusal === undefined ? {} : { refusal }) }));
    if (file === undefined) continue;
    const { piece, path, url, size, digest } = file;
    if (url === undefined) throw nowhereElse(piece, path);
    await left.write(JSON.stringify({ piece, path, url, size, digest }));
  }
  await Promise.all([kept.end(), left.end(), lines.end()]);
}

interface Lines {
  write(line: string): Promise<void>;
  end(): Promise<void>;
}

function openLines(file: string): Lines {
  const stream = createWriteStream(file, { flags: "wx" });
  const ended = new Promise<void>((done, failed) => stream.once("close", done).once("error", failed));
  // Whoever waits hears of it.
  ended.catch(() => undefined);
  return {
    async write(line) {
      if (!stream.write(`${line}\n`)) await Promise.race([once(stream, "drain"), ended]);
    },
    async end() {
      stream.end();
      await ended;
    },
  };
}

function nowhereElse(piece: string, path: string): WholesourceError {
  return new WholesourceError(
    "usage",
    `\`${piece}\` can not be left where it is: \`${path}\` lies on this machine only`,
    {
      hint: "leave only pieces whose files have an address of their own",
    },
  );
}

/** The exchanges of the run; large bodies that the archive keeps are referred to and not written twice. */
async function writeWarc(
  { time, scratch }: FinishedRun,
  { record, fixedTime }: NonNullable<FinishedRun["warc"]>,
  file: string,
  index: string,
): Promise<void> {
  const { mergeWarcs } = await import("../archive/warc-merge.ts");
  const names = new Map<string, string>();
  for await (const { piece, path, size, digest } of linesOf<PayloadFile>(index)) {
    if (size > WARC_WHOLE_MAX_BYTES && names.size < WARC_NAMES_MAX) names.set(digest.sha256, `data/${piece}/${path}`);
  }
  const sorted = join(scratch, "warc");
  await mkdir(sorted);
  await mergeWarcs(record, file, {
    time,
    agent: `wholesource ${VERSION}`,
    fixedTime,
    scratch: sorted,
    keptAt(sha256) {
      const name = names.get(sha256);
      return name === undefined ? undefined : { name };
    },
  });
}

function gone(path: string): WholesourceError {
  return new WholesourceError("store-failed", `the bytes of \`${path}\` are no longer in the store`, {
    hint: "do not clear the store while an archive is made; run it again",
  });
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  function* ended(): Generator<string> {
    for (const line of lines) yield `${line}\n`;
  }
  await writeFile(file, ended(), { flag: "wx" });
}

function* licenseLines({ pieces }: Report): Generator<string> {
  for (const { id, license } of pieces) {
    for (const sighting of license.sightings) yield JSON.stringify({ piece: id, ...sighting });
  }
}

async function* linesOf<Line>(file: string): AsyncGenerator<Line> {
  for await (const { text } of textLines(file)) yield JSON.parse(text) as Line;
}

async function tagOf(path: string, source: TagFile["source"]): Promise<TagFile> {
  const digester = await createDigester(["sha256", "sha512"]);
  let size = 0;
  const chunks = "bytes" in source ? [source.bytes] : createReadStream(source.from, { highWaterMark: READ_BYTES });
  for await (const chunk of chunks) {
    size += chunk.length;
    digester.write(chunk);
  }
  const { sha256 = "", sha512 = "" } = digester.digest();
  return { path, size, digest: { sha256, sha512 }, source };
}

function pieceOf({ id, kind, outcome, license, location, locations, counts }: PieceReport): ArchivedPiece {
  const place = location === undefined ? undefined : locations[location];
  return {
    id,
    kind,
    outcome,
    ...(license.declared === undefined ? {} : { licenseDeclared: license.declared }),
    licenseConcluded: license.concluded,
    ...(place === undefined ? {} : { uri: place.uri }),
    ...(place?.revision === undefined ? {} : { revision: place.revision }),
    files: counts.present,
    bytes: counts.bytes,
  };
}
