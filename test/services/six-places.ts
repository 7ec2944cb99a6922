/**
 * The hosts of samples/six-places, each with what the sample's release has there: real servers of git, of containers, of
 * npm packages and of S3, and our own for a hub and for Zenodo.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateSync } from "node:zlib";
import { AwsClient } from "aws4fetch";
import { startS3rver } from "./cloud.ts";
import { commitAll, createRepository, git, startGitServer } from "./git.ts";
import { startHub } from "./hub.ts";
import { startRegistry } from "./registry.ts";
import { startResearchHosts } from "./research-hosts.ts";
import { startS3 } from "./s3.ts";
import { startVerdaccio } from "./verdaccio.ts";

/** Where the sample is, unless somebody runs a copy of this file elsewhere. */
export const sixPlaces = resolve(process.cwd(), "samples/six-places");

/** `flipped`: one byte is another one there. `closed`: nobody comes in without a login. */
export type How = "whole" | "flipped" | "closed";

export interface Place {
  /** The location as the manifest has to write it, with what pins it. */
  readonly location: string;
  /** The resolver, and where it asks. */
  readonly endpoint: readonly [id: string, url: string];
  close(): Promise<void>;
}

/** Files by their names. */
type Files = { readonly [name: string]: Buffer };

/** What the release has at one place; `spoilt` is the file of which a byte is flipped. */
function filesOf(folder: string, how: How, spoilt: string): Files {
  const names = readdirSync(join(sixPlaces, "files", folder)).sort();
  const read = (name: string): Buffer => readFileSync(join(sixPlaces, "files", folder, name));
  return Object.fromEntries(
    names.map((name) => [name, how === "flipped" && name === spoilt ? flipped(read(name)) : read(name)]),
  );
}

/** The same bytes but for one bit in the middle. */
function flipped(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  const at = other.length >> 1;
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}

async function weights(how: How): Promise<Place> {
  const { "model.safetensors": model = Buffer.of(), ...small } = filesOf("weights", "whole", "");
  const id = "example-labs/ferry-bigram";
  const hub = await startHub([
    {
      id,
      files: { ...small, "model.safetensors": { bytes: model, lfs: true } },
      cardData: { license: "apache-2.0" },
      ...(how === "closed" ? { gated: "manual" as const } : {}),
    },
  ]);
  if (how === "flipped") hub.spoil(id, "model.safetensors", flipped(model));
  return { location: `hf:${id}@${hub.commit(id)}`, endpoint: ["huggingface", `${hub.url}/`], close: hub.close };
}

async function trainingCode(how: How): Promise<Place> {
  const scratch = mkdtempSync(join(tmpdir(), "wholesource-six-"));
  const server = await startGitServer();
  try {
    const work = createRepository(join(scratch, "code"));
    cpSync(join(sixPlaces, "files/code"), work, { recursive: true });
    const commit = commitAll(work, "Makes the sentences and counts them");
    const bare = server.publish(work, "example-labs/ferry-train.git");
    if (how === "flipped") {
      const id = git(work, ["rev-parse", "HEAD:train.mjs"]);
      const other = flipped(readFileSync(join(work, "train.mjs")));
      const object = join(bare, "objects", id.slice(0, 2), id.slice(2));
      rmSync(object);
      writeFileSync(object, deflateSync(Buffer.concat([Buffer.from(`blob ${other.length}\0`), other])));
    }
    return {
      location: `github:example-labs/ferry-train@${commit}`,
      endpoint: ["github", `${how === "closed" ? server.at.private : server.at.url}/`],
      close: server.close,
    };
  } catch (error) {
    await server.close();
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function dataset(how: How): Promise<Place> {
  const files = Object.entries(filesOf("data", how, "sentences.txt"));
  const hosts = await startResearchHosts({
    zenodo: [
      {
        id: "99000002",
        concept: "99000001",
        version: "1.0.0",
        license: "cc-by-4.0",
        files: Object.fromEntries(files.map(([name, bytes]) => [name, bytes.toString("utf8")])),
        ...(how === "closed" ? { access: "restricted" as const } : {}),
      },
    ],
  });
  const endpoint = hosts.endpoint("zenodo") ?? "";
  return { location: "doi:10.5281/zenodo.99000002", endpoint: ["zenodo", endpoint], close: hosts.close };
}

async function tokenizer(how: How): Promise<Place> {
  const user = { name: "reader", password: "s3cret-word" };
  const registry = await startRegistry(how === "closed" ? { user } : {});
  const repository = "example-labs/ferry-tokenizer";
  const layers = Object.entries(filesOf("tokenizer", "whole", "")).map(([name, bytes]) => ({
    mediaType: name.endsWith(".json") ? "application/json" : "text/plain",
    bytes,
    annotations: { "org.opencontainers.image.title": name },
  }));
  const artifactType = "application/vnd.example-labs.tokenizer";
  const annotations = { "org.opencontainers.image.licenses": "Apache-2.0" };
  const { digest } = await registry.push(repository, "1.0.0", { artifactType, layers, annotations });
  if (how === "flipped") {
    const layer = layers.find(({ mediaType }) => mediaType === "application/json");
    if (layer === undefined) throw new Error("there is no tokenizer");
    const file = registry.fileOf(await registry.pushBlob(repository, layer.bytes));
    writeFileSync(file, flipped(readFileSync(file)));
  }
  const location = `oci://registry.example.org/${repository}@${digest}`;
  return { location, endpoint: ["oci", registry.url], close: registry.close };
}

async function evaluation(how: How): Promise<Place> {
  const [bucket, prefix] = ["example-labs", "ferry/1.0.0/"];
  const objects = Object.entries(filesOf("evaluation", how, "held-out.txt")).map(
    ([name, bytes]) => [`${prefix}${name}`, bytes] as const,
  );
  const location = `s3://${bucket}/${prefix}`;
  if (how === "closed") {
    // S3rver lets everybody in.
    const keys = { accessKeyId: "reader", secretAccessKey: "s3cret-word" };
    const buckets = { [bucket]: { anonymous: "nothing" as const, objects: Object.fromEntries(objects) } };
    const { url, close } = await startS3({ keys, buckets });
    return { location, endpoint: ["s3", url], close };
  }
  const { url, close } = await startS3rver(bucket);
  const own = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER", region: "us-east-1", service: "s3" };
  const client = new AwsClient(own);
  for (const [key, bytes] of objects) {
    const put = await client.fetch(`${url}${bucket}/${key}`, { method: "PUT", body: Uint8Array.from(bytes) });
    if (put.status !== 200) throw new Error(`s3rver answers ${put.status}`);
  }
  return { location, endpoint: ["s3", url], close };
}

async function libraries(how: How): Promise<Place> {
  const registry = await startVerdaccio(how === "closed" ? "$authenticated" : "$all");
  const scratch = mkdtempSync(join(tmpdir(), "wholesource-six-"));
  try {
    const files = filesOf("library", how, "index.mjs");
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(scratch, name), bytes);
    registry.npm(["publish", "--access=public", "--provenance=false", "--ignore-scripts"], scratch);
    const location = "pkg:npm/%40example-labs/tiny-tensors@1.0.0";
    return { location, endpoint: ["npm", registry.url], close: registry.close };
  } catch (error) {
    await registry.close();
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Each piece of the release, and what starts its host. */
export const places = {
  weights,
  "training-code": trainingCode,
  dataset,
  tokenizer,
  "evaluation-data": evaluation,
  libraries,
} satisfies { readonly [piece: string]: (how: How) => Promise<Place> };

export type PieceId = keyof typeof places;

/** Where below `files/` each piece's bytes are. */
export const folders: { readonly [Piece in PieceId]: string } = {
  weights: "weights",
  "training-code": "code",
  dataset: "data",
  tokenizer: "tokenizer",
  "evaluation-data": "evaluation",
  libraries: "library",
};

/** Starts all hosts; what was started is ended when one does not start. */
export async function startSixPlaces(): Promise<{ readonly [Piece in PieceId]: Place }> {
  const started = await Promise.allSettled(Object.entries(places).map(([, start]) => start("whole")));
  const failed = started.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(started.flatMap((one) => (one.status === "fulfilled" ? [one.value.close()] : [])));
    throw failed.reason;
  }
  const values = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const ids = Object.keys(places);
  // The order of `places` is kept all the way.
  return Object.fromEntries(values.map((place, index) => [ids[index] ?? "", place])) as { [Piece in PieceId]: Place };
}
