/** A worker thread that looks at batches. */
import { setMaxListeners } from "node:events";
import { workerData } from "node:worker_threads";
import { createHttp, type Http } from "../io/http.ts";
import type { Store } from "../io/store.ts";
import { serveLane } from "./lane-serve.ts";
import { runLook } from "./look.ts";
import type { LookOptions } from "./look-context.ts";
import type { LookEvent, LookJob, LookResult } from "./look-protocol.ts";
import { createLookTools, openStoreAt } from "./look-tools.ts";

// The main thread is our own program: it sends what `looker.ts` says.
const options = workerData as LookOptions;
let http: Http | undefined;
let store: Promise<Store | undefined> | undefined;
const tools = createLookTools(
  options,
  () => {
    http ??= createHttp(options);
    return http;
  },
  () => {
    const opening = store ?? openStoreAt(options);
    store = opening;
    return opening;
  },
);
// An interrupted run ends this thread as a whole.
const { signal } = new AbortController();
setMaxListeners(Number.POSITIVE_INFINITY, signal);

serveLane<LookJob, LookResult, LookEvent>((job, emit) => runLook(job, tools, emit, signal));
