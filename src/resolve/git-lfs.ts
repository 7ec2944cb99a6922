import { z } from "zod";
import type { Authorization } from "../io/http.ts";
import type { Refusal, RemoteObject } from "../model/evidence.ts";
import type { LfsPointer } from "../model/lfs-pointer.ts";
import { refuse } from "../model/refusal.ts";
import type { Access } from "./git-door.ts";
import { LfsKeys, sendableHeaders } from "./git-lfs-keys.ts";
import type { Remote } from "./git-remote.ts";
import { jsonOf } from "./json-bytes.ts";
import type { ResolveContext, Resolved } from "./resolver.ts";

/** The part of an object that the server of large files tells. */
export type LargeFile = Pick<RemoteObject, "url" | "size" | "digest" | "refusal" | "operatorEndpoint">;

/** The server of a repository's large files. */
export interface LargeFiles {
  /** Where each of these is; undefined where the repository has no such server, so that the pointer is all there is. */
  ask(pointers: readonly LfsPointer[]): Promise<readonly (LargeFile | undefined)[]>;
  readonly authorize: NonNullable<Resolved["authorize"]>;
}

/** Objects in one question: what git-lfs itself asks for, and servers allow. */
export const lfsAtOnce = 100;

/** Statuses of a host that has no server of large files. */
const hasNone: ReadonlySet<number> = new Set([404, 405, 501]);

/** Bytes of an answer about a hundred objects, each with its signed address. */
const replyMaxBytes = 8 * 1024 * 1024;

const Batch = z.lazy(() =>
  z.object({
    transfer: z.string().optional(),
    objects: z.array(
      z.object({
        oid: z.string(),
        error: z.object({ code: z.number(), message: z.string().catch("") }).optional(),
        actions: z
          .object({
            download: z
              .object({
                href: z.string(),
                header: z.record(z.string(), z.string()).nullish().catch(undefined),
                expires_at: z.string().nullish().catch(undefined),
                expires_in: z.number().nullish().catch(undefined),
              })
              .optional(),
          })
          .nullish(),
      }),
    ),
  }),
);
type Told = z.infer<typeof Batch>["objects"][number];

/** Opens the server of large files at this address, which nobody is asked at yet. */
export function openLargeFiles(endpoint: string, remote: Remote, context: ResolveContext, access: Access): LargeFiles {
  const url = `${endpoint}/objects/batch`;
  const origin = new URL(remote.url).origin;
  const operatorEndpoint = access.operatorEndpoint === true;
  const keys = new LfsKeys();

  const question = async (
    pointers: readonly LfsPointer[],
  ): Promise<ReadonlyMap<string, Told> | Refusal | undefined> => {
    const mediaType = "application/vnd.git-lfs+json";
    const objects = pointers.map(({ oid, size }) => ({ oid, size }));
    const answer = await context.http.answer(
      {
        url,
        method: "POST",
        headers: { accept: mediaType, "content-type": mediaType, "user-agent": "git-lfs/3 (wholesource)" },
        body: JSON.stringify({ operation: "download", transfers: ["basic"], objects, hash_algo: "sha256" }),
        signal: context.signal,
        operatorEndpoint,
        ...(access.authorization === undefined ? {} : { authorization: access.authorization }),
      },
      { maxBytes: replyMaxBytes, redirects: "same-origin" },
    );
    // Where git answers and this does not, there are no large files here, and the pointer is what the host has.
    if (answer.httpStatus !== undefined && hasNone.has(answer.httpStatus)) return undefined;
    if (answer.status === "refused") return wholeRefusal(answer);
    if (answer.refusal !== undefined) return wholeRefusal(answer.refusal);
    const parsed = Batch.safeParse(jsonOf(answer.bytes));
    if (!parsed.success) return invalid("its answer is not one of git-lfs", url);
    const { transfer = "basic", objects: told } = parsed.data;
    if (transfer !== "basic") return invalid(`it gives files by \`${transfer.slice(0, 50)}\` only`, url);
    return new Map(told.map((one) => [one.oid, one]));
  };

  const read = (pointer: LfsPointer, told: Told | undefined): LargeFile => {
    const of = { url, size: pointer.size, digest: { sha256: pointer.oid } };
    if (told === undefined) return { ...of, refusal: invalid("its answer leaves the file out", url) };
    if (told.error !== undefined) return { ...of, refusal: objectRefusal(told.error, url) };
    const download = told.actions?.download;
    if (download === undefined) return { ...of, refusal: invalid("it names no address for the file", url) };
    if (!/^https?:\/\//i.test(download.href) || !URL.canParse(download.href)) {
      return { ...of, refusal: invalid("the address that it names is no web address", url) };
    }
    const href = new URL(download.href);
    const own = href.origin === origin;
    keys.put(href.href, {
      pointer,
      headers: sendableHeaders(download.header ?? {}),
      until: endOf(download),
    });
    return { ...of, url: href.href, ...(own && operatorEndpoint ? { operatorEndpoint } : {}) };
  };

  return {
    async ask(pointers) {
      const told = await question(pointers);
      if (told === undefined) return pointers.map(() => undefined);
      if ("reason" in told) {
        return pointers.map(({ oid, size }) => ({ url, size, digest: { sha256: oid }, refusal: told }));
      }
      return pointers.map((pointer) => read(pointer, told.get(pointer.oid)));
    },
    async authorize({ url: href }): Promise<Authorization | undefined> {
      const key = keys.get(href);
      if (key === undefined) return undefined;
      if (key.until !== undefined && Date.now() > key.until) {
        // The same address may come with new headers; another address would be another object's.
        const again = await question([key.pointer]);
        if (again !== undefined && !("reason" in again)) read(key.pointer, again.get(key.pointer.oid));
      }
      const headers = keys.get(href)?.headers ?? {};
      if (Object.keys(headers).length > 0) return { scheme: "headers", headers };
      return new URL(href).origin === origin ? access.authorization : undefined;
    },
  };
}

/** Milliseconds before a key's end at which it counts as ended: the question has to arrive in time. */
const spare = 30_000;

function endOf(download: { readonly expires_at?: unknown; readonly expires_in?: unknown }): number | undefined {
  const { expires_in: seconds, expires_at: time } = download;
  if (typeof seconds === "number" && seconds > 0) return Date.now() + seconds * 1000 - spare;
  const end = typeof time === "string" ? Date.parse(time) : Number.NaN;
  // An absent time is written as the year 1 by some servers.
  return Number.isNaN(end) || end <= 0 ? undefined : end - spare;
}

/** A refusal of the whole question says nothing of any one file: it is never an absence. */
function wholeRefusal(refusal: Refusal): Refusal {
  const { httpStatus } = refusal;
  if (httpStatus === 507 || httpStatus === 509) return { ...refuse("rate-limited", quotaWords), httpStatus };
  if (refusal.kind !== "absent") return { ...refusal, message: `git-lfs: ${refusal.message}` };
  return { ...refusal, kind: "unreachable", reason: "status-unexpected", message: `git-lfs: ${refusal.message}` };
}

const quotaWords = "git-lfs: the host's quota for large files is used up";

/** What is said of one file. */
function objectRefusal({ code, message }: { readonly code: number; readonly message: string }, url: string): Refusal {
  const words = message === "" ? "" : `: ${message.slice(0, 200)}`;
  const say = (reason: Parameters<typeof refuse>[0], meaning: string): Refusal =>
    refuse(reason, `git-lfs answered \`${code}\` for the file: ${meaning}${words}`, { url });
  switch (code) {
    case 404:
      return say("not-found", "the server does not have it");
    case 410:
      return say("gone", "its owner removed it");
    case 401:
      return say("authentication-required", "a login or token is asked for");
    case 403:
      return say("forbidden", "access is denied");
    case 429:
      return say("rate-limited", "too many requests");
    case 507:
    case 509:
      return refuse("rate-limited", quotaWords, { url });
    case 409:
    case 422:
      return say("reply-invalid", "the server can not read the repository's pointer");
    default:
      return say(code >= 500 ? "server-error" : "status-unexpected", "it can not be had now");
  }
}

function invalid(what: string, url: string): Refusal {
  return refuse("reply-invalid", `the server of large files is not understood: ${what}`, { url });
}
