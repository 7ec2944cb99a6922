import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Http } from "../io/http.ts";
import type { Store } from "../io/store.ts";
import type { Batch } from "../model/evidence.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { runLook } from "./look.ts";
import type { Looker, LookOptions } from "./look-context.ts";
import type { LookEvent, LookJob, LookResult } from "./look-protocol.ts";
import { createLookTools, openStoreAt } from "./look-tools.ts";
import { type PlainFiles, type PlainSeen, plainEvidence, toPlainFiles } from "./plain-files.ts";

/** Below this much work a thread costs more time to start than it saves. */
const WORKERS_FROM_BYTES = 16 * 1024 * 1024;
const WORKERS_FROM_OBJECTS = 256;
/** Batches on the main thread at a time, where they wait for a network. */
const BATCHES_INLINE = 2;

type LookLanes = Lanes<LookJob, LookResult, LookEvent>;

/** Looks at batches on this thread and, as soon as there is enough to do, on one worker for each further core. */
export function createLooker(
  options: LookOptions,
  http: Http,
  signal: AbortSignal,
  concurrency = availableParallelism(),
): Looker {
  const workerUrl = builtWorker();
  // Connections to a host are counted over all lanes.
  const share = workerUrl === undefined ? options.perHost : Math.max(1, Math.ceil(options.perHost / concurrency));
  let store: Promise<Store | undefined> | undefined;
  const tools = createLookTools(
    options,
    () => http,
    () => {
      const opening = store ?? openStoreAt(options.store);
      store = opening;
      return opening;
    },
  );
  const open = (count: number): LookLanes =>
    createLanes<LookJob, LookResult, LookEvent>({
      workerUrl: count > 1 ? workerUrl : undefined,
      count,
      workerData: { ...options, perHost: share },
      jobsInline: BATCHES_INLINE,
      runInline: (job, emit) => runLook(job, tools, emit, signal),
    });
  let lanes: LookLanes | undefined;
  const opened: LookLanes[] = [];
  const work = { bytes: 0, objects: 0 };
  const stop = (): void => void Promise.all(opened.map((one) => one.close()));
  signal.addEventListener("abort", stop, { once: true });

  const enough = (isMuch: boolean): LookLanes => {
    if (lanes === undefined || (isMuch && lanes.count === 1 && concurrency > 1)) {
      lanes = open(isMuch ? concurrency : 1);
      opened.push(lanes);
    }
    return lanes;
  };
  const submit = async (
    job: LookJob,
    objects: number,
    cost: number,
    onEvent: (event: LookEvent) => void,
  ): Promise<LookResult> => {
    work.bytes += cost;
    work.objects += objects;
    const lanes = enough(work.bytes > WORKERS_FROM_BYTES || work.objects > WORKERS_FROM_OBJECTS);
    return lanes.submit(job, { cost, onEvent }).catch((error: unknown) => {
      // Threads are ended in the middle of their work when the run is interrupted: that is no failure of theirs.
      if (!signal.aborted) throw error;
      return undefined;
    });
  };
  const lookAtPlain = async (
    files: PlainFiles,
    count: number,
    cost: number,
    onBytes: (delta: number) => void,
  ): Promise<PlainSeen> => (await submit(files, count, cost, ({ bytes }) => onBytes(bytes))) ?? nothingSeen;

  return {
    async look(batch, events, authorizations = {}) {
      const cost = weigh(batch);
      const files = toPlainFiles(batch);
      if (files === undefined) {
        await submit({ batch, authorizations }, batch.objects.length, cost, ({ bytes, evidence }) => {
          if (bytes > 0) events.bytes(bytes);
          for (const [at, list] of evidence) events.evidence(at, list);
        });
        return;
      }
      const seen = await lookAtPlain(files, batch.objects.length, cost, events.bytes);
      const evidenceOf = plainEvidence(files, seen);
      for (const at of seen.sizes.keys()) events.evidence(at, [evidenceOf(at, batch.objects[at]?.path ?? "")]);
    },
    lookAtPlain,
    expectMuch: () => void enough(true),
    async close() {
      signal.removeEventListener("abort", stop);
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

const nothingSeen: PlainSeen = { sizes: [], digests: "", executable: [], formats: "", rich: [] };

function weigh({ objects }: Batch): number {
  return objects.reduce((sum, { expect, size }) => sum + (expect?.size ?? size ?? 0), 0);
}

/** The built worker's program; where only sources are, everything runs on this thread. */
function builtWorker(): URL | undefined {
  const url = new URL("./look-worker.ts", import.meta.url);
  return url.pathname.endsWith(".js") && existsSync(url) ? url : undefined;
}
