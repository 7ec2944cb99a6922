/**
 * Lanes: a few worker threads and, when it has nothing better to do, the main thread share jobs. A job is plain data,
 * and so is its result. Workers always hold a little more than they are doing, so that a main thread that is busy with
 * a job of its own does not leave them idle.
 */
import { Worker } from "node:worker_threads";
import { WholesourceError, type WholesourceErrorCode } from "../model/error.ts";

/** Jobs that one worker holds at a time, unless said otherwise: the one it does and those it does next. */
const jobsPerWorker = 3;
/** No second job goes to a worker that holds this much cost, unless said otherwise: others may be free before it is. */
const costPerWorker = 64 * 1024 * 1024;

export interface LanesOptions<Job, Result, Event> {
  /** The built program that serves the jobs with `serveLane`; undefined runs everything on the main thread. */
  readonly workerUrl?: URL | undefined;
  /** Lanes in all, the main thread included when it takes part. */
  readonly count: number;
  /** Given to each worker as its `workerData`. */
  readonly workerData?: unknown;
  /** Does a job on the main thread; undefined leaves all of them to the workers. */
  readonly runInline?: RunJob<Job, Result, Event> | undefined;
  readonly jobsPerWorker?: number | undefined;
  readonly costPerWorker?: number | undefined;
  /** Jobs on the main thread at a time, where they wait for something. */
  readonly jobsInline?: number | undefined;
}

/** Does one job; `emit` tells of it while it is under way. */
export type RunJob<Job, Result, Event> = (job: Job, emit: (event: Event) => void) => Result | Promise<Result>;

export interface SubmitOptions<Event> {
  /** About how long it takes, in bytes to be read. */
  readonly cost?: number | undefined;
  /** It waits for something most of the time: the main thread takes its share of such jobs at once. */
  readonly waits?: boolean | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
}

/** Runs jobs on lanes. */
export interface Lanes<Job, Result, Event = never> {
  /** Lanes in all. */
  readonly count: number;
  /** Jobs start in the order of their submission. Rejects when the job threw, or when the lanes were closed. */
  submit(job: Job, options?: SubmitOptions<Event>): Promise<Result>;
  /** Does a job once on every lane, after what each of them was given before. */
  everywhere(job: Job): Promise<void>;
  /** Ends the workers, in the middle of their jobs if need be. */
  close(): Promise<void>;
}

/** What goes to a worker. */
export interface LaneMessage {
  readonly id: number;
  readonly job: unknown;
}

/** What comes back. */
export type LaneReply =
  | { readonly kind: "ready" }
  | { readonly kind: "event"; readonly id: number; readonly event: unknown }
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly error: LaneError };

/** An error as it crosses threads: its class is lost on the way, its code must not be. */
export interface LaneError {
  readonly message: string;
  readonly code?: WholesourceErrorCode;
  readonly hint?: string;
}

interface Task<Job, Result, Event> {
  readonly job: Job;
  readonly cost: number;
  readonly waits?: boolean | undefined;
  readonly emit: (event: Event) => void;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane<Job, Result, Event> {
  readonly worker: Worker;
  readonly tasks: Map<number, Task<Job, Result, Event>>;
  cost: number;
  /** Until it has spoken, it has done nothing: its jobs can go elsewhere. */
  ready: boolean;
}

/** Starts the lanes; the workers start up while the main thread goes on. */
export function createLanes<Job, Result, Event = never>(
  options: LanesOptions<Job, Result, Event>,
): Lanes<Job, Result, Event> {
  const { workerUrl, runInline, workerData, jobsInline = 1 } = options;
  const maxJobs = options.jobsPerWorker ?? jobsPerWorker;
  const maxCost = options.costPerWorker ?? costPerWorker;
  const inlineLanes = runInline === undefined ? 0 : 1;
  const wanted = workerUrl === undefined ? 0 : Math.max(1 - inlineLanes, options.count - inlineLanes);
  if (wanted + inlineLanes === 0) throw new TypeError("lanes need a worker or a way to run inline");

  const lanes = new Set<Lane<Job, Result, Event>>();
  const queue = createQueue<Task<Job, Result, Event>>();
  let inlineJobs = 0;
  let turnPlanned = false;
  let nextId = 0;
  let closed = false;

  const freest = (): Lane<Job, Result, Event> | undefined => {
    let best: Lane<Job, Result, Event> | undefined;
    for (const lane of lanes) {
      if (lane.tasks.size >= maxJobs || lane.cost >= maxCost) continue;
      if (
        best === undefined ||
        lane.cost < best.cost ||
        (lane.cost === best.cost && lane.tasks.size < best.tasks.size)
      ) {
        best = lane;
      }
    }
    return best;
  };

  const give = (lane: Lane<Job, Result, Event>, task: Task<Job, Result, Event>): void => {
    const id = nextId++;
    // A worker with work keeps the program alive, one without does not.
    if (lane.tasks.size === 0) lane.worker.ref();
    lane.tasks.set(id, task);
    lane.cost += task.cost;
    const message: LaneMessage = { id, job: task.job };
    lane.worker.postMessage(message);
  };

  const mayInline = (): boolean => runInline !== undefined && inlineJobs < jobsInline;

  const feedWorkers = (): void => {
    for (let lane = freest(); lane !== undefined; lane = freest()) {
      if (queue.first()?.waits === true && lane.tasks.size > inlineJobs && mayInline()) return;
      const task = queue.shift();
      if (task === undefined) return;
      give(lane, task);
    }
  };

  const rejectAll = (message: string): void => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) task.reject(internal(message));
  };

  const planTurn = (): void => {
    if (turnPlanned || runInline === undefined || !mayInline() || queue.first() === undefined) return;
    turnPlanned = true;
    // One job a turn: between two of them the workers' answers and everybody else's events get their chance.
    setImmediate(() => {
      turnPlanned = false;
      feedWorkers();
      const task = queue.shift();
      if (task !== undefined) runTask(task, runInline);
      pump();
    });
  };

  const runTask = (task: Task<Job, Result, Event>, run: RunJob<Job, Result, Event>): void => {
    try {
      const result = run(task.job, task.emit);
      if (!(result instanceof Promise)) {
        task.resolve(result);
        return;
      }
      inlineJobs++;
      result.then(task.resolve, task.reject).finally(() => {
        inlineJobs--;
        pump();
      });
    } catch (error) {
      task.reject(error);
    }
  };

  const pump = (): void => {
    if (lanes.size === 0 && runInline === undefined) rejectAll("no worker thread is left");
    feedWorkers();
    planTurn();
  };

  const settle = (lane: Lane<Job, Result, Event>, id: number): Task<Job, Result, Event> | undefined => {
    const task = lane.tasks.get(id);
    if (task === undefined) return undefined;
    lane.tasks.delete(id);
    lane.cost -= task.cost;
    if (lane.tasks.size === 0) lane.worker.unref();
    return task;
  };

  const receive = (lane: Lane<Job, Result, Event>, reply: LaneReply): void => {
    // The worker is our own program: its answers are of the types that its jobs have.
    switch (reply.kind) {
      case "ready":
        lane.ready = true;
        return;
      case "event":
        lane.tasks.get(reply.id)?.emit(reply.event as Event);
        return;
      case "result":
        settle(lane, reply.id)?.resolve(reply.result as Result);
        break;
      case "failed":
        settle(lane, reply.id)?.reject(revive(reply.error));
        break;
    }
    pump();
  };

  /** A lane that is gone: what it had not begun goes to the others, what it may have begun has failed. */
  const lose = (lane: Lane<Job, Result, Event>, cause: unknown): void => {
    if (!lanes.delete(lane)) return;
    const left = [...lane.tasks.values()];
    lane.tasks.clear();
    const elsewhere = !closed && !lane.ready && (lanes.size > 0 || runInline !== undefined);
    if (elsewhere) queue.unshift(left);
    else for (const task of left) task.reject(internal("a worker thread ended before its work", cause));
    pump();
  };

  for (let n = 0; n < wanted && workerUrl !== undefined; n++) {
    const worker = new Worker(workerUrl, { workerData });
    const lane: Lane<Job, Result, Event> = { worker, tasks: new Map(), cost: 0, ready: false };
    lanes.add(lane);
    worker.on("message", (reply: LaneReply) => receive(lane, reply));
    worker.on("error", (cause) => lose(lane, cause));
    worker.on("exit", () => lose(lane, undefined));
    worker.unref();
  }

  return {
    count: wanted + inlineLanes,
    submit(job, { cost = 0, waits, onEvent = ignore } = {}) {
      if (closed) return Promise.reject(internal("the lanes are closed"));
      return new Promise((resolve, reject) => {
        queue.push({ job, cost, waits, emit: onEvent, resolve, reject });
        pump();
      });
    },
    async everywhere(job) {
      const work: (Result | Promise<Result>)[] = [...lanes].map(
        (lane) => new Promise((resolve, reject) => give(lane, { job, cost: 0, emit: ignore, resolve, reject })),
      );
      if (runInline !== undefined) work.push(runInline(job, ignore));
      await Promise.all(work);
    },
    async close() {
      closed = true;
      rejectAll("the lanes are closed");
      await Promise.all([...lanes].map(({ worker }) => worker.terminate()));
    },
  };
}

const ignore = (): void => {};
const internal = (message: string, cause?: unknown): WholesourceError =>
  new WholesourceError("internal", message, cause === undefined ? {} : { cause });

function revive({ code, message, hint }: LaneError): WholesourceError {
  if (code === undefined) return internal(`a job failed on its thread: ${message}`);
  return new WholesourceError(code, message, hint === undefined ? {} : { hint });
}

interface Queue<T> {
  push(item: T): void;
  unshift(items: readonly T[]): void;
  first(): T | undefined;
  shift(): T | undefined;
}

/** First in, first out, at constant cost: `Array.shift` moves all that is left. */
function createQueue<T>(): Queue<T> {
  let front: T[] = [];
  let at = 0;
  return {
    push: (item) => void front.push(item),
    unshift: (items) => {
      front = [...items, ...front.slice(at)];
      at = 0;
    },
    shift: () => {
      const item = front[at];
      if (item === undefined) return undefined;
      at++;
      if (at > front.length / 2) {
        front = front.slice(at);
        at = 0;
      }
      return item;
    },
    first: () => front[at],
  };
}
