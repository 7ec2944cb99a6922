import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createHttp } from "../io/http.ts";
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
/** Jobs that a lane holds at a time: the one it does and those it does next. */
const JOBS_AT_LEAST = 3;
/** A job over the network takes a lane's time only in part, however many bytes it has. */
const REMOTE_COST_MAX = 16 * 1024 * 1024;

/** What a remote object is taken to have that tells no size. */
const UNKNOWN_REMOTE_BYTES = 4 * 1024 * 1024;

type LookLanes = Lanes<LookJob, LookResult, LookEvent>;

/** Looks at batches on this thread and, as soon as there is enough to do, on one worker for each further core. */
export function createLooker(options: LookOptions, signal: AbortSignal, concurrency = availableParallelism()): Looker {
  const workerUrl = builtWorker();
  // Connections to a host are counted over all lanes: each has its share, and a client of its own.
  const share = workerUrl === undefined ? options.perHost : Math.max(1, Math.ceil(options.perHost / concurrency));
  const shared = { ...options, perHost: share };
  const http = createHttp(shared);
  let store: Promise<Store | undefined> | undefined;
  const tools = createLookTools(
    shared,
    () => http,
    () => {
      const opening = store ?? openStoreAt(options);
      store = opening;
      return opening;
    },
  );
  const open = (count: number): LookLanes =>
    createLanes<LookJob, LookResult, LookEvent>({
      workerUrl: count > 1 ? workerUrl : undefined,
      count,
      workerData: shared,
      // Where they wait for a network, as many as there are connections.
      jobsInline: Math.max(JOBS_AT_LEAST, share),
      jobsPerWorker: Math.max(JOBS_AT_LEAST, share),
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
    const isRemote = "batch" in job && job.batch.objects.some(({ url }) => !url.startsWith("file:"));
    work.bytes += cost;
    work.objects += objects;
    const lanes = enough(work.bytes > WORKERS_FROM_BYTES || work.objects > WORKERS_FROM_OBJECTS);
    return lanes
      .submit(job, { cost: isRemote ? Math.min(cost, REMOTE_COST_MAX) : cost, waits: isRemote, onEvent })
      .catch((error: unknown) => {
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
      const files = options.keepAll ? undefined : toPlainFiles(batch);
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
      try {
        // Each lane has handed files to a store of its own, and nobody has waited for them so far.
        if (options.keepAll && !signal.aborted) {
          await Promise.all(opened.map((one) => one.everywhere({ settle: true })));
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", stop);
        await Promise.all([http.close(), ...opened.map((one) => one.close())]);
      }
    },
  };
}

const nothingSeen: PlainSeen = { sizes: [], digests: "", executable: [], formats: "", rich: [] };

function weigh({ objects }: Batch): number {
  const unknown = (url: string): number => (url.startsWith("file:") ? 0 : UNKNOWN_REMOTE_BYTES);
  return objects.reduce((sum, { expect, size, url }) => sum + (expect?.size ?? size ?? unknown(url)), 0);
}

/** The built worker's program; where only sources are, everything runs on this thread. */
function builtWorker(): URL | undefined {
  const url = new URL("./look-worker.ts", import.meta.url);
  return url.pathname.endsWith(".js") && existsSync(url) ? url : undefined;
}
