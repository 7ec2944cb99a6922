import { createHash } from "node:crypto";
import { z } from "zod";
import type { Answer, Authorization, HttpRequest } from "../../io/http.ts";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import { refuse } from "../../model/refusal.ts";
import { bearing } from "../host-base.ts";
import { type IndexFile, indexDigest, isFileName, linkOf, metadataUrl, normalName } from "../pypi-files.ts";
import { readIndexPage } from "../pypi-html.ts";
import { type PypiRef, parsePypi } from "../pypi-location.ts";
import { licenseOfMetadata } from "../pypi-metadata.ts";
import { chooseRelease, type Release } from "../pypi-release.ts";
import { defineResolver, type Resolution, type ResolveContext } from "../resolver.ts";

const File = z.lazy(() =>
  z.object({
    filename: z.string(),
    url: z.string(),
    hashes: z.record(z.string(), z.unknown()),
    size: z.number().int().nonnegative().optional().catch(undefined),
    "requires-python": z.string().nullish().catch(undefined),
    yanked: z.union([z.boolean(), z.string()]).optional(),
    "core-metadata": z
      .union([z.boolean(), z.record(z.string(), z.unknown())])
      .nullish()
      .catch(undefined),
    "dist-info-metadata": z
      .union([z.boolean(), z.record(z.string(), z.unknown())])
      .nullish()
      .catch(undefined),
    provenance: z.string().nullish().catch(undefined),
  }),
);
const Project = z.lazy(() =>
  z.object({
    meta: z.object({ "api-version": z.string() }),
    name: z.string(),
    files: z.array(z.unknown()),
    versions: z.array(z.string()).optional().catch(undefined),
    "project-status": z
      .object({ status: z.string(), reason: z.string().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
);

/** What an index tells of a project, in either form. */
interface Page {
  readonly files: readonly IndexFile[];
  /** Entries that name no file that could be asked for. */
  readonly skipped: number;
  readonly versions: readonly string[];
  readonly status?: { readonly status: string; readonly reason?: string | undefined };
}

/** A project with many files has a page of megabytes. Bytes. */
const pageMaxBytes = 64 * 1024 * 1024;
/** Bytes; it ends with the package's whole description. */
const metadataMaxBytes = 4 * 1024 * 1024;
/** Foreign text of any length. UTF-16 units. */
const noticeMaxLength = 1000;

const accept =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1, application/json;q=0.05";

/**
 * The Python package index that pip's own configuration names. A file's name is given out once and its bytes do not
 * change; a version is never given out anew, but files may be added to it later. Extra indexes are not asked: a project
 * of the same name there may be somebody else's.
 */
export const pypi = defineResolver<PypiRef>({
  id: "pypi",
  parse: parsePypi,
  isPinned: ({ version }) => version !== undefined,
  async resolve(ref, context) {
    const index = await indexOf(context);
    if (index === undefined) {
      return refuse("offline", "no Python package index is configured: set PIP_INDEX_URL, or install pip");
    }
    const url = `${index}${ref.name}/`;
    const answer = await context.http.answer(
      { ...(await request(url, context)), headers: { accept } },
      { maxBytes: pageMaxBytes },
    );
    if (answer.status !== "answered") return answer;
    if (answer.refusal !== undefined) return refusedBy(answer.refusal, ref, context);
    const page = readPage(ref, answer);
    if ("reason" in page) return page;
    if (page.status?.status === "quarantined") {
      const why = page.status.reason === undefined ? "" : `: ${page.status.reason.slice(0, noticeMaxLength)}`;
      return refuse("forbidden", `the index holds \`${ref.name}\` in quarantine and gives no files${why}`, { url });
    }
    const release = chooseRelease(ref, page.files, page.versions);
    if ("reason" in release) return { ...release, url, httpStatus: answer.httpStatus };
    return found(ref, index, page, release, answer, context);
  },
});

async function found(
  ref: PypiRef,
  index: string,
  page: Page,
  release: Release,
  { exchange }: Answer,
  context: ResolveContext,
): Promise<Resolution> {
  const { version, files, chosen, signs } = release;
  const objects: RemoteObject[] = [];
  for (const { file, kind } of files) {
    const members = { strip: kind === "source" ? 1 : 0, ...(ref.prefix ? { prefix: ref.prefix } : {}) };
    objects.push({
      path: file.name,
      url: file.url,
      ...(file.size === undefined ? {} : { size: file.size }),
      ...(Object.keys(file.digest).length === 0 ? {} : { digest: file.digest }),
      ...((await isOperators(file.url, context)) ? { operatorEndpoint: true } : {}),
      ...(ref.prefix === undefined ? {} : { members }),
      listed: true,
    });
  }
  const metadata = await readMetadata(
    files.map(({ file }) => file),
    context,
  );
  const provenance = files.flatMap(({ file }) => (file.provenance === undefined ? [] : [[file.name, file.provenance]]));
  const requires = new Set(files.map(({ file }) => file.requiresPython));
  const [requiresPython] = requires.size === 1 ? requires : [];
  const license = metadata === undefined || "fault" in metadata ? undefined : metadata.license;
  const { status, reason } = page.status ?? {};
  const isLeft = status === "archived" || status === "deprecated";
  const left = {
    code: "deprecated",
    at: ref.name,
    detail: `${status}: ${reason ?? ""}`.slice(0, noticeMaxLength),
  } as const;
  return {
    status: "found",
    revision: version,
    pinned: ref.version !== undefined,
    ...(ref.file === undefined && ref.prefix === undefined ? {} : { single: true }),
    ...(license === undefined ? {} : { licensePublished: license }),
    objects: {
      async *[Symbol.asyncIterator]() {
        yield* objects;
      },
    },
    signs: [
      ...signs,
      ...(isLeft ? [left] : []),
      ...(chosen ? [{ code: "version-chosen", at: version, detail: "the newest release" } as const] : []),
    ],
    facts: {
      index,
      name: ref.name,
      version,
      files: files.length,
      ...(page.skipped === 0 ? {} : { linksSkipped: page.skipped }),
      ...(requiresPython === undefined ? {} : { requiresPython: requiresPython.slice(0, noticeMaxLength) }),
      ...(provenance.length === 0 ? {} : { provenance: Object.fromEntries(provenance) }),
      ...(metadata !== undefined && "fault" in metadata ? { metadataUnread: metadata.fault } : {}),
    },
    exchange,
    authorize: ({ url }) => credential(url, context),
  };
}

/** The address of the index, with a `/` at the end. */
async function indexOf(context: ResolveContext): Promise<string | undefined> {
  return context.endpoint("pypi") ?? (await context.setting("pypi.index"));
}

async function isOperators(url: string, context: ResolveContext): Promise<boolean> {
  const endpoint = context.endpoint("pypi");
  if (endpoint !== undefined && new URL(endpoint).origin === new URL(url).origin) return true;
  return (await context.setting(`pypi.operator:${url}`)) === "yes";
}

async function credential(url: string, { setting }: ResolveContext): Promise<Authorization | undefined> {
  return bearing("authorization", await setting(`pypi.authorization:${url}`));
}

async function request(url: string, context: ResolveContext): Promise<HttpRequest> {
  const authorization = await credential(url, context);
  return {
    url,
    signal: context.signal,
    operatorEndpoint: await isOperators(url, context),
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** An index that has no such project is believed, unless pip would have gone on to ask others. */
async function refusedBy(refusal: Refusal, { name }: PypiRef, { setting }: ResolveContext): Promise<Refusal> {
  if (refusal.kind !== "absent") return refusal;
  const message = `the index has no \`${name}\`: ${refusal.message}`;
  if ((await setting("pypi.extra")) !== "yes") return { ...refusal, message };
  const more = "pip's configuration names extra indexes, which are not asked: theirs may be another project";
  const { httpStatus, url } = refusal;
  const at = { ...(url === undefined ? {} : { url }), ...(httpStatus === undefined ? {} : { httpStatus }) };
  return refuse("status-unexpected", `${message}; ${more}`, at);
}

function readPage({ name }: PypiRef, { headers, bytes, exchange }: Answer): Page | Refusal {
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const text = new TextDecoder().decode(bytes);
  const at = { url: exchange.url };
  if (type === "text/html" || type === "application/vnd.pypi.simple.v1+html") {
    const { files, skipped, version } = readIndexPage(text, exchange.finalUrl);
    if (version !== undefined && !/^1\.\d+$/.test(version)) {
      return refuse("reply-invalid", `the index speaks version \`${version.slice(0, 20)}\` of its protocol`, at);
    }
    // A page without any link is as likely a login or a welcome as a project without files.
    if (files.length === 0) return refuse("reply-invalid", `the index's page of \`${name}\` links to no file`, at);
    return { files, skipped, versions: [] };
  }
  if (type !== "application/vnd.pypi.simple.v1+json" && type !== "application/json") {
    return refuse("reply-invalid", `the index answered with \`${type.slice(0, 100)}\``, at);
  }
  const project = Project.safeParse(parseJson(text));
  const invalid = (what: string) => refuse("reply-invalid", `the index's answer ${what}`, at);
  if (!project.success) return invalid(`is not a project: ${z.prettifyError(project.error).slice(0, 300)}`);
  const { meta, files, versions = [], "project-status": status } = project.data;
  if (!/^1\.\d+$/.test(meta["api-version"])) return invalid(`is of version \`${meta["api-version"].slice(0, 20)}\``);
  if (normalName(project.data.name) !== name) {
    return invalid(`is about \`${project.data.name.slice(0, 100)}\` and not \`${name}\``);
  }
  const known = files.flatMap((file) => toFile(file, exchange.finalUrl) ?? []);
  const page = { files: known, skipped: files.length - known.length, versions };
  return status === undefined ? page : { ...page, status };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toFile(value: unknown, base: string): IndexFile | undefined {
  const parsed = File.safeParse(value);
  if (!parsed.success || !isFileName(parsed.data.filename)) return undefined;
  const { filename, url, hashes, size, yanked, provenance } = parsed.data;
  const link = linkOf(url, base);
  if (link === undefined) return undefined;
  const requiresPython = parsed.data["requires-python"] ?? undefined;
  const metadata = parsed.data["core-metadata"] ?? parsed.data["dist-info-metadata"] ?? false;
  const sha256 = typeof metadata === "object" ? indexDigest(metadata).sha256 : undefined;
  return {
    name: filename,
    url: link.url,
    digest: indexDigest(hashes),
    ...(size === undefined ? {} : { size }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(yanked === undefined || yanked === false ? {} : { yanked: yanked === true ? "" : yanked }),
    ...(metadata === false ? {} : { metadata: sha256 === undefined ? {} : { sha256 } }),
    ...(typeof provenance === "string" ? { provenance: provenance.slice(0, noticeMaxLength) } : {}),
  };
}

/** The licence of a release is in its metadata, which an index hands out apart: one small question for all files. */
async function readMetadata(
  files: readonly IndexFile[],
  context: ResolveContext,
): Promise<{ readonly license?: string | undefined } | { readonly fault: string } | undefined> {
  const file = files.find(({ metadata }) => metadata !== undefined);
  if (file?.metadata === undefined) return undefined;
  const url = metadataUrl(file.url);
  const answer = await context.http.answer(await request(url, context), { maxBytes: metadataMaxBytes });
  const refusal = answer.status === "answered" ? answer.refusal : answer;
  if (answer.status !== "answered" || refusal !== undefined) return { fault: refusal?.message ?? "no answer" };
  const { sha256 } = file.metadata;
  if (sha256 !== undefined && createHash("sha256").update(answer.bytes).digest("hex") !== sha256) {
    return { fault: `the metadata of \`${file.name}\` is not what the index announced` };
  }
  return { license: licenseOfMetadata(new TextDecoder().decode(answer.bytes)) };
}
