import { z } from "zod";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { browserUrl, doiOf } from "../browser-url.ts";
import { explained } from "../explained.ts";
import { bearing, type HostBase, hostBase } from "../host-base.ts";
import { hostDigest, withDigest } from "../host-digest.ts";
import { defineResolver, type ResolveContext, type Resolved } from "../resolver.ts";
import { type Listing, type Selection, select, selectionOf } from "../selection.ts";

type Ref = {
  readonly id: string;
  /** Versions are counted from 1; without one, the newest. */
  readonly version?: number;
  readonly selection: Selection;
};

const File = z.lazy(() =>
  z.object({
    id: z.union([z.int(), z.string()]).transform(String),
    name: z.string(),
    size: z.int().nonnegative(),
    is_link_only: z.boolean().nullish().catch(undefined),
    download_url: z.string(),
    computed_md5: z.string().nullish().catch(undefined),
    mimetype: z.string().nullish().catch(undefined),
  }),
);
type File = z.output<typeof File>;

const Files = z.lazy(() => z.array(File));

const Article = z.lazy(() =>
  z.object({
    id: z.int().nonnegative(),
    version: z.int().positive(),
    files: Files,
    folder_structure: z.record(z.string(), z.string()).nullish().catch(undefined),
    license: z.object({ name: z.string() }).nullish().catch(undefined),
    download_disabled: z.boolean().nullish().catch(undefined),
    is_embargoed: z.boolean().nullish(),
    embargo_type: z.string().nullish().catch(undefined),
    embargo_date: z.string().nullish().catch(undefined),
    is_confidential: z.boolean().nullish(),
    is_metadata_record: z.boolean().nullish().catch(undefined),
    doi: z.string().nullish().catch(undefined),
  }),
);
type Article = z.output<typeof Article>;

/** An article's own answer lists so many of its files at the most; from there on they come in pages. */
const filesInArticle = 10;
/** The most that the host puts on one page. */
const pageSize = 1000;
/** The host counts no further. */
const pagesMax = 5000;
/** Words of an article that go into messages and reports. UTF-16 units. */
const wordMaxLength = 200;

/**
 * Figshare. Each change of an article's files makes a version with a number of its own, which stays as it is; without
 * one the newest is meant.
 */
export const figshare = defineResolver<Ref>({
  id: "figshare",
  parse(location) {
    const place = placeOf(location.uri);
    const selection = selectionOf(location);
    if (place === undefined || selection === undefined) return undefined;
    const revision = location.revision === undefined ? undefined : /^(\d{1,6})$/.exec(location.revision)?.[1];
    // A revision that names no version is not guessed around.
    if (location.revision !== undefined && revision === undefined) return undefined;
    const version = place.version ?? revision;
    return { id: place.id, ...(version === undefined ? {} : { version: Number(version) }), selection };
  },
  isPinned: ({ version }) => version !== undefined,
  async resolve(ref, context) {
    const base = hostBase(context, "figshare", "https://api.figshare.com/v2/", ["https://ndownloader.figshare.com"]);
    const ask = await asking(base, context);
    const version = ref.version === undefined ? "" : `/versions/${ref.version}`;
    const reply = await context.http.json(ask(`articles/${ref.id}${version}`), Article);
    if (reply.status !== "ok") return explained(reply, meaningsOf(ref));
    const article = reply.body;
    const url = reply.exchange.url;
    if (String(article.id) !== ref.id) {
      return refuse("reply-invalid", `the answer is about article \`${article.id}\``, { url });
    }
    if (ref.version !== undefined && article.version !== ref.version) {
      return refuse("reply-invalid", `the answer is about version \`${article.version}\``, { url });
    }
    const closed = closedTo(article);
    if (closed !== undefined) return { url, ...closed };
    const list: Listing = () => listFiles(article, base, ask, context);
    const selected = await select(list, ref.selection, `article \`${ref.id}\``);
    if ("status" in selected) return { url, ...selected };
    const facts: { [name: string]: Json } = { article: ref.id, version: article.version };
    if (article.doi) facts.doi = article.doi.slice(0, wordMaxLength);
    if (article.is_metadata_record === true) facts.metadataOnly = true;
    const authorize: Resolved["authorize"] = async (object) =>
      base.owns(object.url) ? ask("").authorization : undefined;
    return {
      status: "found",
      revision: String(article.version),
      pinned: ref.version !== undefined,
      ...(article.license == null ? {} : { licensePublished: article.license.name.slice(0, wordMaxLength) }),
      ...selected,
      ...(ref.version === undefined
        ? { signs: [{ code: "version-chosen", at: String(article.version), detail: "the newest version" }] }
        : {}),
      facts,
      exchange: reply.exchange,
      authorize,
    };
  },
});

/** What the host's answer means; it says the same of an article that was never there and of one not yet published. */
function meaningsOf({ version }: Ref): { readonly "not-found": string; readonly forbidden: string } {
  const what = version === undefined ? "no article" : "no article, or no version of it,";
  return {
    "not-found": `${what} is public under this number; one that was never published would look the same`,
    forbidden: "an article that is not for everybody, or the host refuses this client",
  };
}

function placeOf(uri: string): { readonly id: string; readonly version?: string } | undefined {
  const short = /^figshare:(\d{1,15})(?:\.v(\d{1,6}))?$/i.exec(uri);
  // Collections (`figshare.c.`) hold articles and no files of their own.
  const doi = /^10\.6084\/m9\.figshare\.(\d{1,15})(?:\.v(\d{1,6}))?$/i.exec(doiOf(uri) ?? "");
  const [, id, version] = short ?? doi ?? pageOf(uri) ?? [];
  return id === undefined ? undefined : { id, ...(version === undefined ? {} : { version }) };
}

/** Pages are called `articles/<type>/<title>/<id>/<version>`, and were called `articles/<title>/<id>`. */
function pageOf(uri: string): readonly [string, string, string?] | undefined {
  const url = browserUrl(uri);
  // Institutions have pages of their own below figshare.com. `file` would mean one file only.
  if (url === undefined || !/^(?:[a-z0-9-]+\.)?figshare\.com$/.test(url.host) || url.query.has("file"))
    return undefined;
  const [kind, ...rest] = url.segments;
  if (kind !== "articles") return undefined;
  const [, , third = "", fourth] = rest;
  // `<title>/<id>/<version>` and `<type>/<title>/<id>`: a version is the shorter number.
  const [, second = ""] = rest;
  const isVersion = rest.length === 3 && isNumber(second) && isNumber(third) && third.length < second.length;
  const [id, version] = rest.length === 4 ? [third, fourth] : isVersion ? [second, third] : [rest.at(-1)];
  if (rest.length > 4 || !isNumber(id) || !(version === undefined || isNumber(version))) return undefined;
  return version === undefined ? [uri, id] : [uri, id, version];
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,15}$/.test(text);
}

type Ask = (path: string) => Parameters<ResolveContext["http"]["json"]>[0];

async function asking(base: HostBase, { setting, signal }: ResolveContext): Promise<Ask> {
  const token = await setting("figshare.token");
  const authorization = bearing("authorization", token && `token ${token}`);
  return (path) => ({
    url: `${base.url}${path}`,
    signal,
    operatorEndpoint: base.operatorEndpoint,
    ...(authorization === undefined ? {} : { authorization }),
  });
}

/** An article that is there, and whose files are not shown: to call them missing would be wrong. */
function closedTo({ id, files, ...article }: Article): Refusal | undefined {
  if (files.length > 0) return undefined;
  if (article.is_embargoed === true) {
    const until = article.embargo_date ? `until \`${article.embargo_date.slice(0, 40)}\`` : "without an end";
    return refuse("gated", `article \`${id}\` is there; its files are under embargo ${until}`);
  }
  if (article.is_confidential === true) {
    return refuse("gated", `article \`${id}\` is there; its files are confidential`);
  }
  return undefined;
}

/** One question for each page; none where the article's own answer lists all of them. */
async function* listFiles(
  article: Article,
  base: HostBase,
  ask: Ask,
  { http }: ResolveContext,
): AsyncGenerator<RemoteObject | Refusal> {
  if (article.files.length < filesInArticle) {
    for (const file of article.files) yield objectOf(file, article, base);
    return;
  }
  let firstOfPage: string | undefined;
  for (let page = 1; page <= pagesMax; page += 1) {
    const query = `page=${page}&page_size=${pageSize}`;
    const reply = await http.json(ask(`articles/${article.id}/versions/${article.version}/files?${query}`), Files);
    if (reply.status !== "ok") {
      yield reply;
      return;
    }
    const files = reply.body;
    // A server that knows no pages answers with the same one each time.
    if (files.length === 0 || files[0]?.id === firstOfPage) return;
    firstOfPage = files[0]?.id;
    for (const file of files) yield objectOf(file, article, base);
    if (files.length !== pageSize) return;
  }
  yield refuse("too-large", `the host lists more than \`${pagesMax}\` pages of files`);
}

function objectOf(file: File, article: Article, base: HostBase): RemoteObject | Refusal {
  const { id, name, size, download_url: address, is_link_only: isElsewhere = false } = file;
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    return refuse("reply-invalid", `the host names no address for its file \`${name.slice(0, wordMaxLength)}\``);
  }
  const folders = article.folder_structure ?? {};
  const folder = Object.hasOwn(folders, id) ? (folders[id] ?? "").replace(/^\/|\/$/g, "") : "";
  const path = folder === "" ? name : `${folder}/${name}`;
  const url = new URL(address).href;
  const mark = base.mark(url);
  // Of a file that lies elsewhere the host knows neither size nor digest.
  if (isElsewhere === true) return { path, url, ...mark };
  const mediaType = file.mimetype?.slice(0, wordMaxLength) ?? "";
  return {
    path,
    url,
    size,
    ...withDigest(hostDigest("md5", file.computed_md5)),
    ...(mediaType === "" ? {} : { mediaType }),
    ...mark,
    listed: true,
    ...(article.download_disabled === true
      ? { refusal: refuse("forbidden", "its owner has switched downloads off") }
      : {}),
  };
}
