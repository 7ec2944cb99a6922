import type { Batch, BatchObject, Evidence } from "../model/evidence.ts";
import type { Authorizations } from "./look-context.ts";
import { lookLocal } from "./look-local.ts";
import { lookAtPlainFiles } from "./look-plain.ts";
import type { LookEvent, LookJob, LookResult } from "./look-protocol.ts";
import type { LookTools } from "./look-tools.ts";

/** Where the facts of one object go: those of its members as they pass, and how many bytes came. */
export interface ObjectEvents {
  readonly members: (evidence: readonly Evidence[]) => void;
  readonly bytes: (delta: number) => void;
}

/** Pieces of evidence that are handed over together. */
const EVIDENCE_AT_ONCE = 256;
/** How long bytes are summed up before they are told, in ms: often enough for a progress line. */
const BYTES_TOLD_EVERY = 200;
/** Bytes between two looks at the clock. */
const BYTES_UNSEEN = 256 * 1024;

/** Does a job. Throws only for faults of this machine. */
export async function runLook(
  job: LookJob,
  tools: LookTools,
  emit: (event: LookEvent) => void,
  signal: AbortSignal,
): Promise<LookResult> {
  if ("settle" in job) {
    await (await tools.store())?.settled();
    return undefined;
  }
  const told = teller(emit);
  const seen =
    "paths" in job
      ? await lookAtPlainFiles(job, tools, told.bytes, signal)
      : await lookAtBatch(job.batch, job.authorizations, tools, told, signal);
  told.flush();
  return seen;
}

/** Looks at the objects of a batch: local ones in order, remote ones side by side. */
async function lookAtBatch(
  batch: Batch,
  authorizations: Authorizations,
  tools: LookTools,
  told: Teller,
  signal: AbortSignal,
): Promise<undefined> {
  const remote: { at: number; object: BatchObject }[] = [];
  for (const [at, object] of batch.objects.entries()) {
    if (!object.url.startsWith("file:")) {
      remote.push({ at, object });
      continue;
    }
    const seen = lookLocal(batch, object, tools, told.of(at), signal);
    told.evidence(at, [seen instanceof Promise ? await seen : seen]);
    if (signal.aborted) return undefined;
  }
  if (remote.length === 0) return undefined;
  const { lookRemote } = await import("./look-remote.ts");
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = remote[next++]; one !== undefined && !signal.aborted; one = remote[next++]) {
      const authorization = authorizations[one.object.url];
      const seen = await lookRemote(batch, one.object, tools, told.of(one.at), signal, authorization);
      told.evidence(one.at, [seen]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(tools.options.perHost, remote.length) }, lane));
  return undefined;
}

interface Teller {
  of(at: number): ObjectEvents;
  bytes(delta: number): void;
  evidence(at: number, list: readonly Evidence[]): void;
  flush(): void;
}

/** Gathers what is to be told, because each telling may cross to another thread. */
function teller(emit: (event: LookEvent) => void): Teller {
  let gathered: (readonly [number, readonly Evidence[]])[] = [];
  let count = 0;
  let sum = 0;
  let toldAt = performance.now();
  let checkAt = 0;
  const flush = (): void => {
    if (sum > 0 || count > 0) emit({ bytes: sum, evidence: gathered });
    gathered = [];
    count = 0;
    sum = 0;
    checkAt = 0;
    toldAt = performance.now();
  };
  const evidence = (at: number, list: readonly Evidence[]): void => {
    gathered.push([at, list]);
    count += list.length;
    if (count >= EVIDENCE_AT_ONCE) flush();
  };
  const bytes = (delta: number): void => {
    sum += delta;
    if (sum < checkAt) return;
    checkAt = sum + BYTES_UNSEEN;
    if (performance.now() - toldAt > BYTES_TOLD_EVERY) flush();
  };
  return { of: (at) => ({ members: (list) => evidence(at, list), bytes }), bytes, evidence, flush };
}
