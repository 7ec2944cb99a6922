import type { Batch, BatchObject, Evidence } from "../model/evidence.ts";
import type { Authorizations, LookEvents } from "./look-context.ts";
import { lookLocal } from "./look-local.ts";
import { lookRemote } from "./look-remote.ts";
import type { LookTools } from "./look-tools.ts";

/** Where the facts of one object go: its own evidence, and that of its members as they pass. */
export interface ObjectEvents {
  readonly members: (evidence: readonly Evidence[]) => void;
  readonly bytes: (delta: number) => void;
}

/** Looks at the objects of a batch: local ones in order, remote ones side by side. Throws only for faults of this machine. */
export async function lookAtBatch(
  batch: Batch,
  tools: LookTools,
  events: LookEvents,
  signal: AbortSignal,
  authorizations: Authorizations = {},
): Promise<void> {
  const remote: { at: number; object: BatchObject }[] = [];
  for (const [at, object] of batch.objects.entries()) {
    if (!object.url.startsWith("file:")) {
      remote.push({ at, object });
      continue;
    }
    const objectEvents = eventsOf(at, events);
    // Most local files are done without a promise: waiting for each would cost more than reading it.
    const seen = lookLocal(batch, object, tools, objectEvents, signal);
    events.evidence(at, [seen instanceof Promise ? await seen : seen]);
    if (signal.aborted) return;
  }
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = remote[next++]; one !== undefined && !signal.aborted; one = remote[next++]) {
      const seen = await lookRemote(
        batch,
        one.object,
        tools,
        eventsOf(one.at, events),
        signal,
        authorizations[one.object.url],
      );
      events.evidence(one.at, [seen]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(tools.options.perHost, remote.length) }, lane));
}

function eventsOf(at: number, events: LookEvents): ObjectEvents {
  return { members: (evidence) => events.evidence(at, evidence), bytes: events.bytes };
}
