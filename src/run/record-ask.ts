/** One row's question to its host, as thorough as the run's depth and what the row declares ask for. */
import { type Digester, type DigesterFactory, loadDigesters } from "../digest/digester.ts";
import { createInspector, type Inspector } from "../inspect/inspector.ts";
import { promiseOf } from "../inspect/name-promise.ts";
import type { Answer, Http, HttpRequest } from "../io/http.ts";
import { algorithmsOf, type DigestAlgorithm } from "../model/digest.ts";
import type { Evidence, Inspection, Refusal } from "../model/evidence.ts";
import type { RecordRow } from "../records/record.ts";

/** Bytes of one record that are read to compare them; a larger one could not be told. */
export const RECORD_MAX_BYTES = 256 * 1024 * 1024;
/** Bytes that are looked at where nothing is declared to compare with. */
export const HEAD_BYTES = 64 * 1024;

type Seen = Pick<Evidence, "transfer" | "probed" | "refusal" | "inspection">;

/** What asking takes. */
export interface AskTools {
  readonly http: Http;
  readonly signal: AbortSignal;
  readonly isProbe: boolean;
  readonly maxBytes: number;
  readonly onBytes: (delta: number) => void;
}

/** Makes the question; libraries of digests are loaded once. */
export function createAsk(tools: AskTools): (url: string, record: RecordRow) => Promise<Seen> {
  const factories = new Map<string, Promise<DigesterFactory>>();
  const digestersFor = (algorithms: readonly DigestAlgorithm[]): Promise<DigesterFactory> => {
    const key = algorithms.join(" ");
    const known = factories.get(key) ?? loadDigesters(algorithms);
    factories.set(key, known);
    return known;
  };
  return async (url, record) => {
    const request: HttpRequest = { url, signal: tools.signal };
    if (tools.isProbe) return probe(request, tools);
    const algorithms = algorithmsOf(record.digest ?? {});
    if (algorithms.length === 0 && record.size === undefined) return lookAtHead(request, tools);
    return readWhole(request, await digestersFor(algorithms), tools);
  };
}

/** Some hosts know nothing of HEAD and say 404: only what a GET says as well makes it absent. */
async function probe(request: HttpRequest, { http }: AskTools): Promise<Seen> {
  const answer = await http.probe(request);
  if (answer.status === "ok") return { probed: { exchange: answer.exchange } };
  if (answer.kind !== "absent") return { refusal: answer };
  const first = await http.answer({ ...request, headers: { range: "bytes=0-0" } }, { maxBytes: HEAD_BYTES });
  if (first.status === "refused") return first.reason === "too-large" ? isThere(request, http) : { refusal: first };
  return first.refusal === undefined || isEmpty(first)
    ? { probed: { exchange: first.exchange } }
    : { refusal: first.refusal };
}

/** Nothing is declared, so a beginning tells all that there is to tell. */
async function lookAtHead(request: HttpRequest, { http, onBytes }: AskTools): Promise<Seen> {
  const inspector = inspectorFor(request.url);
  const headers = { range: `bytes=0-${HEAD_BYTES - 1}` };
  const answer = await http.answer({ ...request, headers }, { maxBytes: HEAD_BYTES });
  if (answer.status === "refused") return answer.reason === "too-large" ? isThere(request, http) : { refusal: answer };
  const empty = isEmpty(answer);
  if (answer.refusal !== undefined && !empty) return { refusal: answer.refusal };
  const bytes = empty ? new Uint8Array(0) : answer.bytes;
  onBytes(bytes.length);
  inspector.write(bytes);
  const isWhole = empty || answer.httpStatus !== 206 || bytes.length < HEAD_BYTES;
  return { probed: { exchange: answer.exchange }, ...inspected(inspector.finish(isWhole), request.url) };
}

/** A host that gives no parts offers more than is looked at: the whole, or a long page that says that there is nothing. */
async function isThere(request: HttpRequest, http: Http): Promise<Seen> {
  const answer = await http.download({ ...request, maxBytes: 1 }, { write: () => undefined, restart: () => undefined });
  if (answer.status === "ok") return { probed: { exchange: answer.exchange } };
  // Its status was looked at first: only a payload that is wanted can be too large.
  return answer.reason === "too-large" ? { probed: {} } : { refusal: answer };
}

/** An empty payload has no first byte. */
const isEmpty = ({ httpStatus, headers }: Answer): boolean =>
  httpStatus === 416 && /^bytes \*\/0$/.test(headers["content-range"] ?? "");

async function readWhole(
  request: HttpRequest,
  digesters: DigesterFactory,
  { http, maxBytes, onBytes }: AskTools,
): Promise<Seen> {
  let digester: Digester = digesters.create();
  let inspector: Inspector = inspectorFor(request.url);
  const answer = await http.download(
    { ...request, maxBytes: Math.min(maxBytes, RECORD_MAX_BYTES), digestDecides: digesters.algorithms.length > 0 },
    {
      write(chunk) {
        onBytes(chunk.length);
        digester.write(chunk);
        inspector.write(chunk);
      },
      restart() {
        digester = digesters.create();
        inspector = inspectorFor(request.url);
      },
    },
  );
  if (answer.status === "refused") return { refusal: answer };
  const { size, lengthProven, exchange, joinUnproven } = answer;
  const digest = digester.digest();
  // Bytes of two answers that may not belong together prove a match by their digest, and no change.
  const transfer = { status: "read", size, digest, lengthProven: lengthProven && !joinUnproven, exchange } as const;
  return { transfer, ...inspected(inspector.finish(true), request.url) };
}

const inspectorFor = (url: string): Inspector => createInspector({ path: nameIn(url) });

/** The last part of the address: it may promise what kind of file it is. */
function nameIn(url: string): string {
  const { pathname } = new URL(url);
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}

/** A page is what an address without an ending promises: there it surprises nobody. */
function inspected(inspection: Inspection, url: string): { readonly inspection?: Inspection } {
  const { kind } = promiseOf(nameIn(url));
  const promisesFile = kind === "binary" || kind === "text";
  const hazards = inspection.hazards.filter(
    ({ code }) => promisesFile || (code !== "html-page" && code !== "login-page"),
  );
  return hazards.length === 0 && inspection.format === undefined ? {} : { inspection: { ...inspection, hazards } };
}

/** A row whose address can not be asked for at all. */
export function unaskable(url: string): Refusal | undefined {
  if (/^https?:$/.test(new URL(url).protocol)) return undefined;
  return {
    status: "refused",
    kind: "denied",
    reason: "scheme-blocked",
    message: "only http and https addresses are asked",
  };
}
