/** A dataset of addresses on 127.0.0.1 of which it is known what became of each row. */
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { RecordState } from "../../src/model/records.ts";

/** What became of a row; `page`: a web page stands where a picture was; `denied`: its host does not say. */
export type Fate = "there" | "not-found" | "gone" | "replaced" | "page" | "denied" | "blank";

/** In thousandths of the rows. */
const fates: readonly (readonly [Fate, number])[] = [
  ["not-found", 40],
  ["gone", 15],
  ["replaced", 30],
  ["page", 11],
  ["denied", 12],
  ["blank", 7],
];

const states: { readonly [F in Fate]: RecordState } = {
  there: "resolves",
  "not-found": "gone",
  gone: "gone",
  replaced: "changed",
  page: "changed",
  denied: "inconclusive",
  blank: "unusable",
};

/** The same for everybody, and without any pattern that a sample could fall into step with. */
export function fateOf(row: number): Fate {
  let left = createHash("sha256").update(`fate ${row}`).digest().readUInt32BE(0) % 1_000;
  for (const [fate, share] of fates) {
    if (left < share) return fate;
    left -= share;
  }
  return "there";
}

export const stateOf = (row: number): RecordState => states[fateOf(row)];

const bytesOf = (row: number): string => `\u00ff\u00d8 picture ${row}`;
export const digestOf = (row: number, algorithm = "sha256"): string =>
  createHash(algorithm).update(bytesOf(row)).digest("hex");

export interface World {
  readonly origin: string;
  /** Method and path of every question, in order. */
  readonly asked: string[];
  /** The address of a row; none for one that is blank. */
  urlOf(row: number): string | null;
}

/** Serves the rows until the test is over. */
export async function startWorld(answerFirst?: (path: string, response: ServerResponse) => boolean): Promise<World> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = "", method = "" } = request;
    asked.push(`${method} ${url}`);
    if (answerFirst?.(url, response) === true) return;
    const row = Number(/^\/(\d+)\.jpg$/.exec(url)?.[1]);
    const fate = Number.isNaN(row) ? "not-found" : fateOf(row);
    if (fate === "not-found") response.writeHead(404).end("no such picture");
    else if (fate === "gone") response.writeHead(410).end();
    else if (fate === "denied") response.writeHead(403).end();
    else if (fate === "page")
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Oops</title>");
    else response.writeHead(200).end(fate === "replaced" ? `${bytesOf(row)}, once more` : bytesOf(row));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, asked, urlOf: (row) => (fateOf(row) === "blank" ? null : `${origin}/${row}.jpg`) };
}

/** The rows as JSON lines. */
export function listOf(
  world: Pick<World, "urlOf">,
  rows: number,
  fieldsOf: (row: number) => object = sha256Of,
): string {
  const lines = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({ key: row, url: world.urlOf(row), ...fieldsOf(row) }),
  );
  return `${lines.join("\n")}\n`;
}

const sha256Of = (row: number): object => ({ sha256: digestOf(row) });
