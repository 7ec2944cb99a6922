/** The client behind an Http, with everything that asking takes. */
import type { Refusal } from "../model/evidence.ts";
import type { Http, HttpOptions, HttpRequest, Timeouts } from "./http.ts";
import { answer } from "./http-answer.ts";
import { download } from "./http-download.ts";
import { fault, refusalOf } from "./http-fault.ts";
import type { Shared } from "./http-follow.ts";
import { createLanes } from "./http-lane.ts";
import { createPauses } from "./http-pause.ts";
import type { ExchangeRecorder } from "./http-record.ts";
import { createRetryBudget } from "./http-retry.ts";
import { json, probe, text } from "./http-small.ts";
import { DEFAULT_TIMEOUTS } from "./limits.ts";

/** Makes a client, which tells its exchanges to the recorder. Nothing is connected before the first question. */
export function openClient(options: HttpOptions, recorder?: ExchangeRecorder): Http {
  const timeouts: Timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const shared: Shared = {
    options,
    timeouts,
    lanes: createLanes(options, timeouts),
    pauses: createPauses(),
    recorder,
    begun: { count: 0 },
  };
  const budget = createRetryBudget();
  /** Offline, nothing is even looked up. */
  const refusedOffline = ({ url }: HttpRequest): Refusal | undefined =>
    options.offline ? refusalOf(fault("offline", "no host is asked in this run"), url, 0, Date.now()) : undefined;
  return {
    probe: async (request) => refusedOffline(request) ?? probe(shared, budget, request),
    json: async (request, schema, limits) =>
      refusedOffline(request) ?? json(shared, budget, request, schema, limits?.maxBytes),
    text: async (request, limits) => refusedOffline(request) ?? text(shared, budget, request, limits?.maxBytes),
    answer: async (request, limits) => refusedOffline(request) ?? answer(shared, budget, request, limits),
    download: async (request, sink) => refusedOffline(request) ?? download(shared, budget, request, sink),
    async close() {
      await shared.lanes.close();
      recorder?.close();
    },
  };
}
