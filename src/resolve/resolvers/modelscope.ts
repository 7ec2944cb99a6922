import { z } from "zod";
import type { Authorization } from "../../io/http.ts";
import type { Exchange, Refusal, RemoteObject } from "../../model/evidence.ts";
import { refuse } from "../../model/refusal.ts";
import { isObjectId } from "../git-refs.ts";
import { type HostBase, hostBase } from "../host-base.ts";
import { hostDigest, withDigest } from "../host-digest.ts";
import { type ModelscopeRef, modelscopeHosts, parseModelscope } from "../modelscope-location.ts";
import { defineResolver, type ResolveContext } from "../resolver.ts";
import { select } from "../selection.ts";

const Entry = z.lazy(() =>
  z.object({
    Path: z.string(),
    Type: z.string(),
    Size: z.number().int().nonnegative().optional().catch(undefined),
    Sha256: z.string().nullish().catch(undefined),
  }),
);
type Entry = z.infer<typeof Entry>;
const Tree = z.lazy(() =>
  z.object({
    Code: z.number().nullish().catch(undefined),
    Success: z.boolean().nullish().catch(undefined),
    Message: z.string().nullish().catch(undefined),
    Data: z.union([z.array(Entry), z.object({ Files: z.array(Entry).nullish() })]).nullish(),
  }),
);
const About = z.lazy(() =>
  z.object({
    data: z.object({
      license: z.string().nullish().catch(undefined),
      gated: z.boolean().nullish().catch(undefined),
      login_required: z.boolean().nullish().catch(undefined),
    }),
  }),
);

/** A listing of a model ends there without a word, so one of this length may not be whole. */
const truncatedAt = 3000;
/** Files of a dataset that one answer lists. */
const pageSize = 200;
/** Questions that one listing may take. */
const questionsMax = 5000;

/**
 * Models and datasets at ModelScope. A whole commit id is a pin; `master`, which is meant without one, and every other
 * branch or tag move.
 */
export const modelscope = defineResolver<ModelscopeRef>({
  id: "modelscope",
  parse: parseModelscope,
  isPinned: ({ revision }) => isObjectId(revision),
  async resolve(ref, context) {
    const usual = `https://www.${ref.host}/`;
    // The operator's endpoint stands in for the site that is meant when none is named.
    const endpoint: typeof context.endpoint = ref.host === modelscopeHosts[0] ? context.endpoint : () => undefined;
    const base = hostBase({ endpoint }, "modelscope", usual, [`https://${ref.host}`]);
    const asking = { ref, base, context };
    const first = await ask(asking, undefined, { recursive: true, page: 1 });
    if ("status" in first) return first;
    const place = `\`${ref.name}\` at \`${ref.revision}\``;
    const files = await select(() => list(asking, first.entries), ref.selection, place);
    if ("status" in files) return files;
    const about = await tellAbout(asking);
    const pinned = isObjectId(ref.revision);
    return {
      status: "found",
      pinned,
      ...(pinned ? { revision: ref.revision } : {}),
      ...(ref.namedByRevision === true ? { revisionIsName: true } : {}),
      ...about,
      ...files,
      facts: { name: ref.name, revision: ref.revision },
      exchange: first.exchange,
      authorize: async ({ url }) => (base.owns(url) ? credential(context) : undefined),
    };
  },
});

interface Asking {
  readonly ref: ModelscopeRef;
  readonly base: HostBase;
  readonly context: ResolveContext;
}

/** The older questions take the token as a session's cookie, the newer ones as a bearer. */
async function credential({ setting }: ResolveContext): Promise<Authorization | undefined> {
  const token = await setting("modelscope.token");
  if (token === undefined) return undefined;
  return { scheme: "headers", headers: { authorization: `Bearer ${token}`, cookie: `m_session_id=${token}` } };
}

async function request(url: string, { base, context }: Asking) {
  const authorization = await credential(context);
  return {
    url,
    headers: { accept: "application/json" },
    signal: context.signal,
    operatorEndpoint: base.operatorEndpoint,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

interface Answered {
  readonly entries: readonly Entry[];
  readonly exchange: Exchange;
}

/** One answer of the listing: of all below a folder, or of the folder alone. */
async function ask(
  asking: Asking,
  root: string | undefined,
  { recursive, page }: { readonly recursive: boolean; readonly page: number },
): Promise<Answered | Refusal> {
  const { ref, base, context } = asking;
  const isDataset = ref.kind === "datasets";
  const query = new URLSearchParams({ Revision: ref.revision, Recursive: recursive ? "True" : "False" });
  if (root !== undefined) query.set("Root", root);
  if (isDataset) query.set("PageNumber", String(page));
  if (isDataset) query.set("PageSize", String(pageSize));
  const url = `${base.url}api/v1/${ref.kind}/${ref.name}/repo/${isDataset ? "tree" : "files"}?${query}`;
  const reply = await context.http.json(await request(url, asking), Tree);
  if (reply.status !== "ok") return hidden(reply, ref);
  const { Code: code, Success: success, Message: message, Data: data } = reply.body;
  const { exchange } = reply;
  // Failures come with the status 200 as well.
  if (success === false || (typeof code === "number" && code !== 200)) {
    const said = `the host says \`${code ?? "no"}\`: ${(message ?? "").slice(0, 300)}`;
    const answer = refuse("status-unexpected", said, { url: exchange.finalUrl });
    return code === 401 || code === 403 || code === 404 ? hidden({ ...answer, httpStatus: code }, ref) : answer;
  }
  if (data === undefined || data === null) {
    return refuse("reply-invalid", "the host's answer holds no listing", { url: exchange.finalUrl });
  }
  return { entries: "Files" in data ? (data.Files ?? []) : Array.isArray(data) ? data : [], exchange };
}

/** Whether it tells what is private from what is not there is known to nobody but the host. */
function hidden(refusal: Refusal, { kind, name, revision }: ModelscopeRef): Refusal {
  const { httpStatus, url } = refusal;
  if (httpStatus !== 401 && httpStatus !== 403 && httpStatus !== 404) return refusal;
  const what = `${kind === "models" ? "model" : "dataset"} \`${name}\` at \`${revision.slice(0, 100)}\``;
  const message = `the host answered \`${httpStatus}\` for the ${what}: private or missing, this host does not tell`;
  const reason = httpStatus === 403 ? "forbidden" : "authentication-required";
  return refuse(reason, message, { httpStatus, ...(url === undefined ? {} : { url }) });
}

async function* list(asking: Asking, first: readonly Entry[]): AsyncGenerator<RemoteObject | Refusal> {
  if (asking.ref.kind === "models") {
    yield* walk(asking, undefined, first, { left: questionsMax });
    return;
  }
  let entries = first;
  for (let page = 1; ; page += 1) {
    yield* filesOf(asking, entries);
    if (entries.length < pageSize) return;
    if (page >= questionsMax) return yield tooMany();
    const next = await ask(asking, undefined, { recursive: true, page: page + 1 });
    if ("status" in next) return yield next;
    entries = next.entries;
  }
}

/** Below a folder whose listing may be cut, each folder is asked for by itself. */
async function* walk(
  asking: Asking,
  root: string | undefined,
  known: readonly Entry[],
  budget: { left: number },
): AsyncGenerator<RemoteObject | Refusal> {
  if (known.length < truncatedAt) return yield* filesOf(asking, known);
  if (budget.left-- <= 0) return yield tooMany();
  const shallow = await ask(asking, root, { recursive: false, page: 1 });
  if ("status" in shallow) return yield shallow;
  yield* filesOf(asking, shallow.entries);
  if (shallow.entries.length >= truncatedAt) {
    const message = `the host names no more than ${truncatedAt} entries of \`${root ?? "."}\``;
    yield refuse("too-large", message);
  }
  for (const { Path: path } of shallow.entries.filter(({ Type: type }) => type === "tree")) {
    // What is not below the folder that was asked for would be walked for ever.
    if (root !== undefined && !path.startsWith(`${root}/`)) continue;
    if (budget.left-- <= 0) return yield tooMany();
    const below = await ask(asking, path, { recursive: true, page: 1 });
    if ("status" in below) yield below;
    else yield* walk(asking, path, below.entries, budget);
  }
}

function tooMany(): Refusal {
  return refuse("too-large", `the host's listing takes more than ${questionsMax} questions`);
}

function* filesOf({ ref, base }: Asking, entries: readonly Entry[]): Generator<RemoteObject> {
  for (const { Path: path, Type: type, Size: size, Sha256: sha256 } of entries) {
    if (type === "tree") continue;
    const query = new URLSearchParams({ Revision: ref.revision, FilePath: path });
    const url = `${base.url}api/v1/${ref.kind}/${ref.name}/repo?${query}`;
    const digest = withDigest(hostDigest("sha256", sha256));
    yield { path, url, ...(size === undefined ? {} : { size }), ...digest, ...base.mark(url), listed: true };
  }
}

/** The licence and the gate, by another question: without its answer the files are there all the same. */
async function tellAbout(asking: Asking): Promise<{ readonly licensePublished?: string; readonly gated?: "unknown" }> {
  const { ref, base, context } = asking;
  const reply = await context.http.json(await request(`${base.url}openapi/v1/${ref.kind}/${ref.name}`, asking), About);
  if (reply.status !== "ok") return {};
  const { license, gated, login_required: login } = reply.body.data;
  const written = license?.trim().slice(0, 200) ?? "";
  return {
    ...(written === "" ? {} : { licensePublished: written }),
    ...(gated === true || login === true ? { gated: "unknown" } : {}),
  };
}
