/** A finished run as what an archive is made of. */
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import type { ArchivedPiece, PayloadFile, ReleaseContents, TagFile } from "../archive/contents.ts";
import { createDigester } from "../digest/digester.ts";
import type { Store } from "../io/store.ts";
import { ArchivedLine } from "../model/archived.ts";
import { WholesourceError } from "../model/error.ts";
import type { Manifest } from "../model/manifest.ts";
import type { PieceReport, Report } from "../model/report.ts";
import { VERSION } from "../model/version.ts";
import { jsonText } from "../report/reporters/json.ts";
import type { Recorder } from "./recorder.ts";
import type { ManifestSource } from "./source.ts";

/** What is read at a time to digest a tag file. */
const READ_BYTES = 1024 * 1024;

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
}

/** Writes down what the archive says of itself, and opens the payload. */
export async function archiveContents(run: FinishedRun): Promise<ReleaseContents> {
  const { manifest, report, recorder, store, scratch, source } = run;
  const index = join(scratch, "payload.jsonl");
  const resolutions = join(scratch, "resolutions.jsonl");
  await writePayloadIndex(recorder, resolutions, index, store);
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
    payload: () => payloadFrom(index),
    remote: noneRemote,
    tags: tags.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
  };
}

/** Everything is verified from its bytes, so nothing that was read is left where it is. */
async function* noneRemote(): AsyncGenerator<never> {}

function isJson({ uri, bytes }: ManifestSource): boolean {
  return /\.json$/i.test(uri) || bytes[0] === 0x7b;
}

/** Writes the resolutions, and beside them where each kept file lies. */
async function writePayloadIndex(recorder: Recorder, resolutions: string, index: string, store: Store): Promise<void> {
  const lines = createWriteStream(resolutions, { flags: "wx" });
  const kept = createWriteStream(index, { flags: "wx" });
  async function* both(): AsyncGenerator<string> {
    for (const text of recorder.resolutions()) {
      const line = ArchivedLine.parse(JSON.parse(text));
      const file = line.type === "object" ? recorder.payloadOf(line) : undefined;
      if (file !== undefined) {
        const from = await store.has(file.digest.sha256);
        if (from === undefined) throw gone(file.path);
        if (!kept.write(`${JSON.stringify({ ...file, from })}\n`)) await once(kept, "drain");
      }
      yield `${text}\n`;
    }
  }
  await pipeline(both, lines);
  await new Promise<void>((done, failed) => {
    kept.once("error", failed);
    kept.end(done);
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

async function* payloadFrom(index: string): AsyncGenerator<PayloadFile> {
  for await (const line of createInterface({ input: createReadStream(index), crlfDelay: Infinity })) {
    // Written by this run, a moment ago.
    yield JSON.parse(line) as PayloadFile;
  }
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
