import { z } from "zod";
import type { HttpRequest } from "../io/http.ts";
import type { Refusal, RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { HostBase } from "./host-base.ts";
import { hostDigest, withDigest } from "./host-digest.ts";
import type { ResolveContext } from "./resolver.ts";

/** A file or a folder. */
export const OsfFile = z.lazy(() =>
  z.object({
    id: z.string().regex(/^[A-Za-z0-9:_-]{1,64}$/),
    attributes: z.object({
      kind: z.enum(["file", "folder"]),
      name: z.string(),
      size: z.int().nonnegative().nullish(),
      current_version: z.int().nonnegative().nullish().catch(undefined),
      extra: z
        .object({
          hashes: z.object({ md5: z.string().nullish(), sha256: z.string().nullish() }).nullish(),
        })
        .nullish()
        .catch(undefined),
    }),
    links: z.object({ download: z.string().nullish() }).nullish().catch(undefined),
  }),
);
export type OsfFile = z.output<typeof OsfFile>;

const Page = z.lazy(() =>
  z.object({
    data: z.array(OsfFile),
    links: z.object({ next: z.string().nullish() }),
  }),
);

/** The most that the host puts on one page. */
const pageSize = 100;
/** Pages of one folder that are asked for. */
const pagesMax = 10_000;
/** Folders that wait to be listed, or lie inside each other. */
const foldersMax = 100_000;

/** How a question of this API is put. */
export type OsfAsk = (path: string) => HttpRequest;

/**
 * The files of a project's storage: one question for each page of each folder that can hold `wanted` (a path; `""` for
 * everything). Paths are made of the names on the way; what the host calls a path is not believed.
 */
export async function* listOsf(
  storage: string,
  wanted: string,
  base: HostBase,
  ask: OsfAsk,
  { http }: Pick<ResolveContext, "http">,
): AsyncGenerator<RemoteObject | Refusal> {
  const folders = [{ url: `${storage}/`, path: "" }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (let page = 1; ; page += 1) {
      const reply = await http.json(ask(`${folder.url}?page[size]=${pageSize}&page=${page}`), Page);
      if (reply.status !== "ok") {
        yield reply;
        return;
      }
      for (const item of reply.body.data) {
        const path = folder.path + item.attributes.name;
        if (item.attributes.kind === "file") yield osfObject(item, path, base);
        else if (isOnTheWay(`${path}/`, wanted)) folders.push({ url: `${storage}/${item.id}/`, path: `${path}/` });
      }
      if (folders.length > foldersMax || page >= pagesMax) {
        yield refuse("too-large", "the host lists more folders or pages than any project has");
        return;
      }
      if (reply.body.data.length === 0 || reply.body.links.next == null) break;
    }
  }
}

/** True for folders that lead to what is wanted or lie inside it, and are no deeper than a path can be. */
function isOnTheWay(folder: string, wanted: string): boolean {
  if (folder.length > 4096) return false;
  return wanted === "" || `${wanted}/`.startsWith(folder) || folder.startsWith(`${wanted}/`);
}

/** One file as the host lists it. `version` is one that is not the newest, of which the host says no digest. */
export function osfObject(
  { attributes, links }: OsfFile,
  path: string,
  base: HostBase,
  version?: { readonly number: number; readonly size: number | undefined },
): RemoteObject | Refusal {
  const link = links?.download ?? "";
  if (!/^https?:\/\//i.test(link) || !URL.canParse(link)) {
    return refuse("reply-invalid", `the host names no address for its file \`${path.slice(0, 200)}\``);
  }
  const url = new URL(link);
  // The parameter of the files' own service; that the short addresses pass it on is unconfirmed.
  if (version !== undefined) url.searchParams.set("version", String(version.number));
  const size = version === undefined ? attributes.size : version.size;
  const hashes = version === undefined ? attributes.extra?.hashes : undefined;
  return {
    path,
    url: url.href,
    ...(size == null ? {} : { size }),
    ...withDigest({ ...hostDigest("sha256", hashes?.sha256), ...hostDigest("md5", hashes?.md5) }),
    ...base.mark(url.href),
    listed: true,
  };
}
