/**
 * A trustless IPFS gateway as its specification says it answers: single blocks, by identifier, and nothing else. What it
 * gives for one can be changed, for a gateway need not be honest.
 */
import type { ServerResponse } from "node:http";
import { CID } from "multiformats/cid";
import { startWebServer } from "../resolve/web-server.ts";

export interface BlockGateway {
  /** With a `/` at the end. */
  readonly url: string;
  /** Identifiers that were asked for, in order. */
  readonly asked: readonly string[];
  /** Blocks that were being asked for at a time, at most. */
  readonly atATime: () => number;
  put(cid: CID, bytes: Uint8Array): void;
  /** Answers for this block in another way. */
  answer(cid: CID, how: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** Starts it with no blocks. */
export async function startGateway(): Promise<BlockGateway> {
  // A block is the same under either version of its identifier.
  const keyOf = (cid: CID): string => Buffer.from(cid.multihash.bytes).toString("hex");
  const blocks = new Map<string, Uint8Array>();
  const others = new Map<string, (response: ServerResponse) => void>();
  const asked: string[] = [];
  let open = 0;
  let most = 0;
  const server = await startWebServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.once("close", () => {
      open -= 1;
    });
    const url = new URL(request.url ?? "/", "http://gateway");
    const wanted = url.searchParams.get("format") ?? request.headers.accept ?? "";
    const [, text] = /^\/ipfs\/([^/]+)$/.exec(url.pathname) ?? [];
    if (text === undefined || !/^(?:raw|application\/vnd\.ipld\.raw)$/.test(wanted)) {
      response.writeHead(400, { "content-type": "text/plain" }).end("only blocks are given out\n");
      return;
    }
    asked.push(text);
    const cid = CID.parse(text);
    const other = others.get(keyOf(cid));
    if (other !== undefined) {
      other(response);
      return;
    }
    const bytes = blocks.get(keyOf(cid));
    if (bytes === undefined) {
      response.writeHead(404, { "content-type": "text/plain" }).end("block was not found locally\n");
      return;
    }
    const headers = {
      "content-type": "application/vnd.ipld.raw",
      "content-disposition": `attachment; filename="${text}.bin"`,
      "content-length": bytes.length,
      "cache-control": "public, max-age=29030400, immutable",
      etag: `"${text}.raw"`,
      "x-content-type-options": "nosniff",
    };
    // Some time passes, as it does on the network: enough for others to be asked for.
    setTimeout(() => response.writeHead(200, headers).end(bytes), 1);
  });
  return {
    url: `${server.url}/`,
    asked,
    atATime: () => most,
    put: (cid, bytes) => void blocks.set(keyOf(cid), bytes),
    answer: (cid, how) => void others.set(keyOf(cid), how),
    close: () => server.close(),
  };
}
