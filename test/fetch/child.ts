/** A run of its own: fetches one URL into a store, tells how, and can be killed. Arguments: URL, store folder, sha256. */
import { createHash } from "node:crypto";
import { fetchObject } from "../../src/fetch/fetch.ts";
import { createHttp } from "../../src/io/http.ts";
import { openStore } from "../../src/io/store.ts";

const [url = "", folder = "", sha256 = ""] = process.argv.slice(2);
const http = createHttp({
  offline: false,
  allowPrivate: true,
  allowDowngrade: false,
  perHost: 1,
  retries: 0,
  userAgent: "child",
});
let hash = createHash("sha256");
let sinks = 0;
const fetched = await fetchObject(
  { url, maxBytes: 1e12, expect: { digest: { sha256 } } },
  () => {
    sinks += 1;
    hash = createHash("sha256");
    return { write: (chunk) => void hash.update(chunk) };
  },
  { http, store: await openStore(folder), signal: new AbortController().signal },
);
await http.close();
const measured = hash.digest("hex");
if (fetched.status === "read" && measured === sha256) await fetched.kept?.commit(measured);
process.stdout.write(`${JSON.stringify({ ...fetched, kept: undefined, measured, sinks })}\n`);
