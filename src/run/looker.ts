import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Http } from "../io/http.ts";
import { openStore, type Store } from "../io/store.ts";
import { WholesourceError, type WholesourceErrorCode } from "../model/error.ts";
import type { Batch } from "../model/evidence.ts";
import { lookAtBatch } from "./look.ts";
import type { Authorizations, LookEvents, Looker, LookOptions } from "./look-context.ts";
import { type LookReply, type LookRequest, packBatch, unpackEvidence } from "./look-protocol.ts";
import { createLookTools } from "./look-tools.ts";

/** Batches that a worker holds: while it works on one, the next is there already. */
const BATCHES_PER_WORKER = 3;
/** Below this much waiting work a thread costs more time to start than it saves. */
const WORKERS_FROM_BYTES = 16 * 1024 * 1024;
const WORKERS_FROM_OBJECTS = 256;

interface Task {
  readonly id: number;
  readonly batch: Batch;
  readonly events: LookEvents;
  readonly signal: AbortSignal;
  readonly authorizations: Authorizations;
  readonly settle: (error?: Error) => void;
}

interface Lane {
  readonly worker: Worker;
  readonly tasks: Map<number, Task>;
}

/**
 * Looks at batches on this thread and, when there is enough to do, on one worker for each further core. Unlike `lanes`
 * it serves several lists at once (pieces side by side), and a batch hands over what it saw before it ends.
 */
export async function createLooker(
  options: LookOptions,
  http: Http,
  concurrency = availableParallelism(),
): Promise<Looker> {
  const workerUrl = builtWorker();
  const workersWanted = workerUrl === undefined ? 0 : concurrency - 1;
  // Connections to a host are counted over all lanes.
  const share = Math.max(1, Math.ceil(options.perHost / (workersWanted + 1)));
  let opened: Promise<Store | undefined> | undefined;
  const tools = createLookTools(
    options,
    () => http,
    () => {
      const opening = opened ?? (options.store === undefined ? Promise.resolve(undefined) : openStore(options.store));
      opened = opening;
      return opening;
    },
  );
  const queue: Task[] = [];
  const lanes: Lane[] = [];
  const waiting = { bytes: 0, objects: 0 };
  let nextId = 0;
  let inline = false;
  let closed = false;

  return {
    look(batch, events, signal, authorizations = {}) {
      return new Promise<void>((resolve, reject) => {
        const settle = (error?: Error): void => (error === undefined ? resolve() : reject(error));
        queue.push({ id: nextId++, batch, events, signal, authorizations, settle });
        waiting.bytes += weigh(batch);
        waiting.objects += batch.objects.length;
        if (waiting.bytes > WORKERS_FROM_BYTES || waiting.objects > WORKERS_FROM_OBJECTS) startWorkers();
        hand();
      });
    },
    async close() {
      closed = true;
      await Promise.all(lanes.map(({ worker }) => worker.terminate()));
    },
  };

  function hand(): void {
    for (const lane of lanes) {
      while (queue.length > 1 && lane.tasks.size < BATCHES_PER_WORKER) post(lane, queue.shift());
    }
    if (!inline && queue.length > 0) void workInline();
  }

  async function workInline(): Promise<void> {
    inline = true;
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      try {
        await lookAtBatch(task.batch, tools, task.events, task.signal, task.authorizations);
        task.settle();
      } catch (error) {
        task.settle(error instanceof Error ? error : new Error(String(error)));
      }
      // What the workers have sent meanwhile has its turn, and they get their next batches.
      await new Promise((resolve) => setImmediate(resolve));
      for (const lane of lanes) {
        while (queue.length > 1 && lane.tasks.size < BATCHES_PER_WORKER) post(lane, queue.shift());
      }
    }
    inline = false;
  }

  function post(lane: Lane, task: Task | undefined): void {
    if (task === undefined) return;
    lane.tasks.set(task.id, task);
    const request: LookRequest = {
      kind: "look",
      id: task.id,
      batch: packBatch(task.batch),
      authorizations: task.authorizations,
    };
    lane.worker.postMessage(request);
  }

  function startWorkers(): void {
    if (lanes.length > 0 || workersWanted === 0 || workerUrl === undefined || closed) return;
    for (let count = 0; count < workersWanted; count++) {
      const workerData: LookOptions = { ...options, perHost: share };
      const worker = new Worker(workerUrl, { workerData });
      const lane: Lane = { worker, tasks: new Map() };
      lanes.push(lane);
      worker.on("message", (reply: LookReply) => receive(lane, reply));
      worker.on("error", (cause) => fail(lane, new WholesourceError("internal", "a worker thread failed", { cause })));
      worker.on("exit", () => {
        if (!closed) fail(lane, new WholesourceError("internal", "a worker thread ended before its work"));
      });
    }
  }

  function receive(lane: Lane, reply: LookReply): void {
    const task = lane.tasks.get(reply.id);
    if (task === undefined) return;
    if (reply.kind === "seen") {
      if (reply.bytes > 0) task.events.bytes(reply.bytes);
      for (const [at, evidence] of reply.evidence.rich) task.events.evidence(at, evidence);
      for (const [at, evidence] of unpackEvidence(reply.evidence.plain, task.batch))
        task.events.evidence(at, [evidence]);
      if (task.signal.aborted) lane.worker.postMessage({ kind: "abort" } satisfies LookRequest);
      return;
    }
    lane.tasks.delete(reply.id);
    if (reply.kind === "failed") task.settle(toError(reply));
    else task.settle();
    hand();
  }

  function fail(lane: Lane, error: Error): void {
    for (const task of lane.tasks.values()) task.settle(error);
    lane.tasks.clear();
  }
}

function weigh({ objects }: Batch): number {
  return objects.reduce((sum, { expect, size }) => sum + (expect?.size ?? size ?? 0), 0);
}

function toError({ code, message, hint }: Extract<LookReply, { kind: "failed" }>): Error {
  const known: WholesourceErrorCode = code ?? "internal";
  return new WholesourceError(known, message, hint === undefined ? {} : { hint });
}

/** The built worker's program; where only sources are, everything runs on this thread. */
function builtWorker(): URL | undefined {
  const url = new URL("./look-worker.ts", import.meta.url);
  return url.pathname.endsWith(".js") && existsSync(url) ? url : undefined;
}
