import type { Batch, BatchObject, Evidence } from "../model/evidence.ts";
import type { Authorizations } from "./look-context.ts";
import { lookLocal } from "./look-local.ts";
import { type LookEvent, packEvidence } from "./look-protocol.ts";
import { lookRemote } from "./look-remote.ts";
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

/**
 * Looks at the objects of a batch: local ones in order, remote ones side by side. Throws only for faults of
 * this machine. `pack` is for evidence that crosses to another thread.
 */
export async function lookAtBatch(
  batch: Batch,
  tools: LookTools,
  emit: (event: LookEvent) => void,
  signal: AbortSignal,
  options: { readonly authorizations: Authorizations; readonly pack: boolean },
): Promise<undefined> {
  const { authorizations, pack } = options;
  const told = teller(emit, pack);
  const remote: { at: number; object: BatchObject }[] = [];
  for (const [at, object] of batch.objects.entries()) {
    if (!object.url.startsWith("file:")) {
      remote.push({ at, object });
      continue;
    }
    // Most local files are done without a promise: waiting for each would cost more than reading it.
    const seen = lookLocal(batch, object, tools, told.of(at), signal);
    told.evidence(at, [seen instanceof Promise ? await seen : seen]);
    if (signal.aborted) return undefined;
  }
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = remote[next++]; one !== undefined && !signal.aborted; one = remote[next++]) {
      const authorization = authorizations[one.object.url];
      const seen = await lookRemote(batch, one.object, tools, told.of(one.at), signal, authorization);
      told.evidence(one.at, [seen]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(tools.options.perHost, remote.length) }, lane));
  told.flush();
  return undefined;
}

/** Gathers what is to be told, because each telling may cross to another thread. */
function teller(
  emit: (event: LookEvent) => void,
  pack: boolean,
): {
  of(at: number): ObjectEvents;
  evidence(at: number, list: readonly Evidence[]): void;
  flush(): void;
} {
  let rich: (readonly [number, readonly Evidence[]])[] = [];
  let plain: string[] = [];
  let count = 0;
  let bytes = 0;
  let toldAt = performance.now();
  const flush = (): void => {
    if (bytes > 0 || count > 0) emit({ bytes, rich, plain: plain.join("\n") });
    rich = [];
    plain = [];
    count = 0;
    bytes = 0;
    toldAt = performance.now();
  };
  const evidence = (at: number, list: readonly Evidence[]): void => {
    const line = pack ? packEvidence(at, list) : undefined;
    if (line === undefined) rich.push([at, list]);
    else plain.push(line);
    count += list.length;
    if (count >= EVIDENCE_AT_ONCE) flush();
  };
  const addBytes = (delta: number): void => {
    bytes += delta;
    if (performance.now() - toldAt > BYTES_TOLD_EVERY) flush();
  };
  return { of: (at) => ({ members: (list) => evidence(at, list), bytes: addBytes }), evidence, flush };
}
