/** What a resolver is given in tests: nothing of the user's, unless a test says so. */
import { afterAll } from "vitest";
import { createAdmit } from "../../src/io/admit.ts";
import type { Http } from "../../src/io/http.ts";
import { run, start } from "../../src/io/process.ts";
import { createScratch } from "../../src/io/scratch.ts";
import { createShare } from "../../src/io/share.ts";
import type { ResolveContext } from "../../src/resolve/resolver.ts";

const scratch = createScratch();
afterAll(() => scratch.remove());

const signal = new AbortController().signal;

/** A context over this http; folders that it hands out are gone when the test file is done. */
export function contextFor(http: Http, more: Partial<ResolveContext> = {}): ResolveContext {
  return {
    http,
    signal,
    allowOutside: false,
    depth: "full",
    setting: async () => undefined,
    endpoint: () => undefined,
    scratch: () => scratch.folder(),
    run,
    start,
    admit: createAdmit({ offline: false, allowPrivate: true }),
    share: createShare(),
    ...more,
  };
}
