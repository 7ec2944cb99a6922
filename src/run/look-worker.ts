/** A lane of `looker.ts`: looks at batches on a thread of its own until that thread is ended. */
import { parentPort, workerData } from "node:worker_threads";
import { createHttp, type Http } from "../io/http.ts";
import { openStore, type Store } from "../io/store.ts";
import { WholesourceError } from "../model/error.ts";
import type { Evidence } from "../model/evidence.ts";
import { lookAtBatch } from "./look.ts";
import type { LookOptions } from "./look-context.ts";
import { type LookReply, type LookRequest, packEvidence, unpackBatch } from "./look-protocol.ts";
import { createLookTools } from "./look-tools.ts";

/** Objects whose evidence is handed over together. */
const EVIDENCE_IN_A_REPLY = 256;
/** How long bytes are summed up before they are told, in ms: often enough for a progress line. */
const BYTES_TOLD_EVERY = 200;

const port = parentPort;
if (port === null) throw new TypeError("a look worker is started by `looker.ts`");
// The main thread is our own program: it sends what `look-protocol.ts` says.
const options = workerData as LookOptions;
let http: Http | undefined;
let store: Promise<Store | undefined> | undefined;
const stop = new AbortController();
const tools = createLookTools(
  options,
  () => {
    http ??= createHttp(options);
    return http;
  },
  () => {
    const opening = store ?? (options.store === undefined ? Promise.resolve(undefined) : openStore(options.store));
    store = opening;
    return opening;
  },
);
const send = (reply: LookReply): void => port.postMessage(reply);

port.on("message", (request: LookRequest) => {
  if (request.kind === "abort") stop.abort();
  else void look(request);
});

async function look({ id, batch, authorizations }: Extract<LookRequest, { kind: "look" }>): Promise<void> {
  let rich: (readonly [number, readonly Evidence[]])[] = [];
  let plain: string[] = [];
  let bytes = 0;
  let count = 0;
  let told = performance.now();
  const flush = (): void => {
    if (bytes > 0 || count > 0) send({ kind: "seen", id, bytes, evidence: { rich, plain: plain.join("\n") } });
    rich = [];
    plain = [];
    bytes = 0;
    count = 0;
    told = performance.now();
  };
  try {
    await lookAtBatch(
      unpackBatch(batch),
      tools,
      {
        evidence(at, list) {
          const line = packEvidence(at, list);
          if (line === undefined) rich.push([at, list]);
          else plain.push(line);
          count += list.length;
          if (count >= EVIDENCE_IN_A_REPLY) flush();
        },
        bytes(delta) {
          bytes += delta;
          if (performance.now() - told > BYTES_TOLD_EVERY) flush();
        },
      },
      stop.signal,
      authorizations,
    );
    flush();
    send({ kind: "done", id });
  } catch (error) {
    flush();
    const { code, hint } = error instanceof WholesourceError ? error : {};
    send({ kind: "failed", id, code, hint, message: error instanceof Error ? error.message : String(error) });
  }
}
