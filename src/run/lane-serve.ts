/** The worker's side of `lanes.ts`. */
import { parentPort } from "node:worker_threads";
import { WholesourceError } from "../model/error.ts";
import type { LaneError, LaneMessage, LaneReply, RunJob } from "./lanes.ts";

/** Does jobs for the main thread until it ends this thread. Jobs that wait for something overlap. */
export function serveLane<Job, Result, Event = never>(run: RunJob<Job, Result, Event>): void {
  const port = parentPort;
  if (port === null) throw new TypeError("a lane is served on a worker thread");
  const send = (reply: LaneReply): void => port.postMessage(reply);
  const failed = (id: number, error: unknown): void => send({ kind: "failed", id, error: toLaneError(error) });

  port.on("message", ({ id, job }: LaneMessage) => {
    try {
      // The main thread is our own program: its jobs are of the type that `run` takes.
      const result = run(job as Job, (event) => send({ kind: "event", id, event }));
      if (result instanceof Promise) {
        result.then((value) => send({ kind: "result", id, result: value })).catch((error) => failed(id, error));
      } else send({ kind: "result", id, result });
    } catch (error) {
      failed(id, error);
    }
  });
  send({ kind: "ready" });
}

function toLaneError(error: unknown): LaneError {
  if (!(error instanceof WholesourceError)) {
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const { code, message, hint } = error;
  return hint === undefined ? { code, message } : { code, message, hint };
}
