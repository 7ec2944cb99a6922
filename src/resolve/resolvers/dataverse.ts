import { z } from "zod";
import type { HttpRequest } from "../../io/http.ts";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { DataFiles, FileMetadata, objectsOfFile } from "../dataverse-files.ts";
import { type DataverseRef, parseDataverse } from "../dataverse-location.ts";
import { explained } from "../explained.ts";
import { bearing, type HostBase, hostBase } from "../host-base.ts";
import { defineResolver, type Resolution, type ResolveContext, type Resolved } from "../resolver.ts";
import { type Listing, select } from "../selection.ts";

/** A name with an address since version 5.10, a bare word before. */
const License = z.lazy(() => z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]));

const Version = z.lazy(() =>
  z.object({
    versionNumber: z.int().nonnegative().optional(),
    versionMinorNumber: z.int().nonnegative().optional(),
    versionState: z.string(),
    license: License.nullish().catch(undefined),
    termsOfUse: z.string().nullish().catch(undefined),
  }),
);
type Version = z.output<typeof Version>;

const DatasetReply = z.lazy(() => z.object({ status: z.literal("OK"), data: Version }));
const FileReply = z.lazy(() =>
  z.object({
    status: z.literal("OK"),
    data: FileMetadata.and(z.object({ datasetVersion: Version.optional() })),
  }),
);

/** Files on one page; the host has no limit of its own. */
const pageSize = 1000;
/** No dataset has more; an endless one is not followed for ever. */
const pagesMax = 10_000;
/** Words of a dataset that go into messages and reports. UTF-16 units. */
const wordMaxLength = 200;

/**
 * Any installation of Dataverse. A version `x.y` that was published stays as it is; without one the newest published
 * is meant.
 */
export const dataverse = defineResolver<DataverseRef>({
  id: "dataverse",
  parse: parseDataverse,
  isPinned: ({ version }) => version !== undefined,
  async resolve(ref, context) {
    const base = hostBase(context, "dataverse", `https://${ref.host}/`);
    const token = await context.setting(`dataverse.token:${new URL(base.url).origin}`);
    const authorization = bearing("x-dataverse-key", token);
    const { signal } = context;
    const { operatorEndpoint } = base;
    const ask: Ask = (path) => {
      const request = { url: `${base.url}api/${path}`, signal, operatorEndpoint };
      return authorization === undefined ? request : { ...request, authorization };
    };
    const hasKey = authorization !== undefined;
    const found = await (ref.file === true ? oneFile : dataset)(ref, { base, ask, hasKey, http: context.http });
    if (found.status !== "found") return found;
    const authorize: Resolved["authorize"] = async ({ url }) => (base.owns(url) ? authorization : undefined);
    return { ...found, authorize };
  },
});

type Ask = (path: string) => HttpRequest;

interface Asking {
  readonly base: HostBase;
  readonly ask: Ask;
  readonly hasKey: boolean;
  readonly http: ResolveContext["http"];
}

const meanings = {
  "not-found": "no dataset or file has this identifier here, or none that is published has this version",
  "authentication-required": "not published, or not for everybody",
  forbidden: "not published, or not for everybody",
} as const;

async function dataset(ref: DataverseRef, asking: Asking): Promise<Resolution> {
  const { http, ask, base, hasKey } = asking;
  const id = `persistentId=${encodeURIComponent(ref.id)}`;
  const version = ref.version ?? ":latest-published";
  // An older installation sends the files all the same; they are asked for page by page.
  const reply = await http.json(
    ask(`datasets/:persistentId/versions/${version}?${id}&excludeFiles=true`),
    DatasetReply,
  );
  if (reply.status !== "ok") return explained(reply, meanings);
  const { data } = reply.body;
  const revision = revisionOf(data);
  const url = reply.exchange.url;
  const wrong = wrongVersion(ref, revision);
  if (wrong !== undefined) return { url, ...wrong };
  const listed = revision ?? version;
  const list: Listing = () =>
    listFiles(
      (page) => ask(`datasets/:persistentId/versions/${listed}/files?${id}&${page}`),
      http,
      (file) => objectsOfFile(file, base, hasKey),
    );
  const selected = await select(list, ref.selection, `dataset \`${ref.id}\``);
  if ("status" in selected) return { url, ...selected };
  return { ...describe(ref, data, revision), ...selected, exchange: reply.exchange };
}

async function oneFile(ref: DataverseRef, { http, ask, base, hasKey }: Asking): Promise<Resolution> {
  const isNumber = /^\d+$/.test(ref.id);
  const name = isNumber ? ref.id : ":persistentId";
  const version = ref.version === undefined ? "" : `/versions/${ref.version}`;
  const id = isNumber ? "" : `&persistentId=${encodeURIComponent(ref.id)}`;
  const reply = await http.json(ask(`files/${name}${version}?returnDatasetVersion=true${id}`), FileReply);
  if (reply.status !== "ok") return explained(reply, meanings);
  const { datasetVersion, ...file } = reply.body.data;
  const revision = datasetVersion === undefined ? undefined : revisionOf(datasetVersion);
  const url = reply.exchange.url;
  const wrong = datasetVersion === undefined ? undefined : wrongVersion(ref, revision);
  if (wrong !== undefined) return { url, ...wrong };
  const objects = objectsOfFile(file, base, hasKey);
  // The page of a converted table speaks of what was uploaded.
  const first = objects[0];
  async function* list(): AsyncGenerator<RemoteObject> {
    if (first !== undefined) yield first;
  }
  const { members } = ref.selection;
  const path = first?.path ?? "";
  const selection = { path, file: true, ...(members === undefined ? {} : { members: ref.selection.path }) } as const;
  const selected = await select(list, selection, `file \`${ref.id}\``);
  if ("status" in selected) return { url, ...selected };
  return { ...describe(ref, datasetVersion, revision), ...selected, exchange: reply.exchange };
}

/** `x.y` of a published version. A draft has no number yet. */
function revisionOf({ versionNumber: major, versionMinorNumber: minor, versionState: state }: Version) {
  return major === undefined || state === "DRAFT" ? undefined : `${major}.${minor ?? 0}`;
}

function wrongVersion({ version }: DataverseRef, revision: string | undefined): Refusal | undefined {
  const wanted = version === undefined || version.includes(".") ? version : `${version}.0`;
  if (wanted === undefined || wanted === revision) return undefined;
  return refuse("reply-invalid", `the answer is about version \`${revision ?? "DRAFT"}\` and not \`${wanted}\``);
}

function describe(ref: DataverseRef, version: Version | undefined, revision: string | undefined) {
  const { license, termsOfUse: terms, versionState } = version ?? {};
  const facts: { [name: string]: Json } = { host: ref.host, dataset: ref.id };
  if (ref.file === true) facts.file = true;
  if (versionState !== undefined) facts.versionState = versionState.slice(0, wordMaxLength);
  // Terms of the depositor's own: a text, and no licence's name.
  if (terms) facts.termsOfUse = terms.slice(0, wordMaxLength);
  return {
    status: "found" as const,
    ...(revision === undefined ? {} : { revision: ref.version ?? revision }),
    pinned: ref.version !== undefined,
    ...(license && license !== "NONE" ? { licensePublished: license.slice(0, wordMaxLength) } : {}),
    ...(ref.version === undefined && revision !== undefined
      ? { signs: [{ code: "version-chosen" as const, at: revision, detail: "the newest version" }] }
      : {}),
    facts,
  };
}

/** One question for each page. */
async function* listFiles(
  ask: (page: string) => HttpRequest,
  http: ResolveContext["http"],
  objectsOf: (file: z.output<typeof FileMetadata>) => readonly RemoteObject[],
): AsyncGenerator<RemoteObject | Refusal> {
  let firstOfPage: number | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const reply = await http.json(ask(`limit=${pageSize}&offset=${page * pageSize}`), DataFiles);
    if (reply.status !== "ok") {
      yield explained(reply, meanings);
      return;
    }
    const files = reply.body.data;
    const first = files[0]?.dataFile.id;
    // An installation from before there were pages answers with all of them each time.
    if (first === undefined || first === firstOfPage) return;
    firstOfPage = first;
    for (const file of files) yield* objectsOf(file);
    if (files.length !== pageSize) return;
  }
  yield refuse("too-large", `the host lists more than \`${pagesMax}\` pages of files`);
}
