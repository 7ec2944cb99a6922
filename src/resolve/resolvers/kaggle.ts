import { z } from "zod";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import { refuse } from "../../model/refusal.ts";
import { bearing, type HostBase, hostBase } from "../host-base.ts";
import { type KaggleRef, parseKaggle } from "../kaggle-location.ts";
import { only } from "../path.ts";
import { defineResolver, type Resolution, type ResolveContext } from "../resolver.ts";
import { again, select } from "../selection.ts";

const Dataset = z.lazy(() =>
  z.object({
    currentVersionNumber: z.number().int().positive(),
    licenseName: z.string().nullish().catch(undefined),
  }),
);
const Model = z.lazy(() =>
  z.object({
    versionNumber: z.number().int().positive(),
    licenseName: z.string().nullish().catch(undefined),
  }),
);
const Files = z.lazy(() =>
  z.object({
    files: z.array(z.object({ name: z.string(), size: z.number().int().nonnegative().optional().catch(undefined) })),
    nextPageToken: z.string().nullish(),
  }),
);

/** Files that one answer lists. */
const pageSize = 200;
/** Answers that are asked for; a model with more files has millions. */
const pagesMax = 20_000;

/** What is asked, and with what. */
interface Asking {
  readonly ref: KaggleRef;
  readonly version: string;
  readonly base: HostBase;
  readonly context: ResolveContext;
}

/**
 * Datasets and models at Kaggle. A version is a number that is given once; without one the newest is meant. A dataset
 * is handed out as one archive, whose members are its files: single files come packed or not as the host likes.
 */
export const kaggle = defineResolver<KaggleRef>({
  id: "kaggle",
  parse: parseKaggle,
  isPinned: ({ version }) => version !== undefined,
  async resolve(ref, context) {
    const base = hostBase(context, "kaggle", "https://www.kaggle.com/");
    const told = await view(ref, base, context);
    if ("status" in told) return told;
    const version = ref.version ?? told.version;
    const asking = { ref, version, base, context };
    const files = ref.kind === "model" ? await model(asking) : await dataset(asking);
    if (files.status === "refused") return files;
    return {
      ...files,
      revision: version,
      pinned: ref.version !== undefined,
      ...(told.license === undefined ? {} : { licensePublished: told.license }),
      facts: { version, newestVersion: told.version },
      authorize: async ({ url }) => (base.owns(url) ? credential(context) : undefined),
    };
  },
});

async function credential({ setting }: ResolveContext): Promise<ReturnType<typeof bearing>> {
  return bearing("authorization", await setting("kaggle.authorization"));
}

async function request(url: string, { base, context }: Pick<Asking, "base" | "context">) {
  const authorization = await credential(context);
  return {
    url,
    headers: { accept: "application/json" },
    signal: context.signal,
    operatorEndpoint: base.operatorEndpoint,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** The newest version and the licence of it. */
async function view(
  ref: KaggleRef,
  base: HostBase,
  context: ResolveContext,
): Promise<{ readonly version: string; readonly license?: string } | Refusal> {
  const path = ref.kind === "model" ? `models/${ref.name}/get` : `datasets/view/${ref.name}`;
  const asked = await request(`${base.url}api/v1/${path}`, { base, context });
  const schema = ref.kind === "model" ? Model : Dataset;
  const reply = await context.http.json<z.infer<typeof Model> | z.infer<typeof Dataset>>(asked, schema);
  if (reply.status !== "ok") return hidden(reply, ref);
  const { body } = reply;
  const version = String("versionNumber" in body ? body.versionNumber : body.currentVersionNumber);
  const license = body.licenseName?.trim().slice(0, 200) ?? "";
  return license === "" ? { version } : { version, license };
}

/** What the host does not show, it does not tell apart from what is not there. */
function hidden(refusal: Refusal, { kind, name }: KaggleRef): Refusal {
  if (refusal.httpStatus !== 401 && refusal.httpStatus !== 403 && refusal.httpStatus !== 404) return refusal;
  const message =
    `the host answered \`${refusal.httpStatus}\` for the ${kind} \`${name}\`: ` +
    "private, missing, or its terms were not accepted; this host does not tell";
  const { url, httpStatus } = refusal;
  const reason = httpStatus === 403 ? "forbidden" : "authentication-required";
  return refuse(reason, message, { httpStatus, ...(url === undefined ? {} : { url }) });
}

type Part = Extract<Resolution, { readonly status: "found" }>;

async function dataset(asking: Asking): Promise<Part | Refusal> {
  const { ref, version, base, context } = asking;
  const whole = `${base.url}api/v1/datasets/download/${ref.name}?dataset_version_number=${version}`;
  const archive = (prefix: string): RemoteObject => ({
    path: `${ref.name.slice(ref.name.indexOf("/") + 1)}.zip`,
    url: whole,
    mediaType: "application/zip",
    ...base.mark(whole),
    members: prefix === "" ? { strip: 0 } : { strip: 0, prefix },
  });
  const bundle = (prefix: string): Part => ({
    status: "found",
    pinned: false,
    single: true,
    objects: again(() => only(archive(prefix))),
  });
  if (ref.path === "") return bundle("");
  const url = `${whole}&file_name=${encodeURIComponent(ref.path)}`;
  const reply = await context.http.probe(await request(url, asking));
  // Only files can be asked for by name: what is none may be a folder of the archive.
  if (reply.status !== "ok") return reply.httpStatus === 404 ? bundle(ref.path) : hidden(reply, ref);
  const name = ref.path.slice(ref.path.lastIndexOf("/") + 1);
  const { exchange } = reply;
  // The host packs some files before it hands them out, and only the address that it leads to tells.
  const isPacked = lastSegment(exchange.finalUrl) === `${name}.zip`;
  const object: RemoteObject = {
    path: isPacked ? `${name}.zip` : name,
    url,
    ...(exchange.contentLength === undefined ? {} : { size: exchange.contentLength }),
    ...base.mark(url),
    ...(isPacked ? { members: { strip: 0 } } : {}),
  };
  return { status: "found", pinned: false, single: true, objects: again(() => only(object)) };
}

function lastSegment(url: string): string {
  const segment = new URL(url).pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function model(asking: Asking): Promise<Part | Refusal> {
  const { ref } = asking;
  const first = await page(asking, undefined);
  if ("status" in first) return hidden(first, ref);
  const selection = { path: ref.path };
  const files = await select(() => list(asking, first), selection, `version \`${asking.version}\``);
  return "status" in files ? files : { status: "found", pinned: false, ...files };
}

async function page(asking: Asking, token: string | undefined): Promise<z.infer<typeof Files> | Refusal> {
  const { ref, version, base, context } = asking;
  const next = token === undefined ? "" : `&page_token=${encodeURIComponent(token)}`;
  const url = `${base.url}api/v1/models/${ref.name}/${version}/files?page_size=${pageSize}${next}`;
  const reply = await context.http.json(await request(url, asking), Files);
  return reply.status === "ok" ? reply.body : reply;
}

async function* list(asking: Asking, first: z.infer<typeof Files>): AsyncGenerator<RemoteObject | Refusal> {
  const { ref, version, base } = asking;
  let current: z.infer<typeof Files> = first;
  for (let pages = 1; ; pages += 1) {
    for (const { name, size } of current.files) {
      const path = name.replace(/^\//, "");
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const url = `${base.url}api/v1/models/${ref.name}/${version}/download/${encoded}`;
      yield { path, url, ...(size === undefined ? {} : { size }), ...base.mark(url), listed: true };
    }
    const token = current.nextPageToken ?? "";
    if (token === "") return;
    if (pages >= pagesMax) {
      yield refuse("too-large", `the host's listing has more than ${pagesMax} pages`);
      return;
    }
    const next = await page(asking, token);
    if ("status" in next) {
      yield next;
      return;
    }
    current = next;
  }
}
