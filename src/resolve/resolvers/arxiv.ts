import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { browserUrl, doiOf } from "../browser-url.ts";
import { hostBase } from "../host-base.ts";
import { defineResolver } from "../resolver.ts";
import { one, selectionOf } from "../selection.ts";
import { childOf, childText, parseXml, type XmlElement } from "../xml.ts";

type Ref = {
  /** `2401.00001`, or `hep-th/9901001` of before 2007. */
  readonly id: string;
  /** Counted from 1; without one, the newest. */
  readonly version?: number;
};

/** A record of one paper is a few kilobytes. Bytes. */
const recordMaxBytes = 1024 * 1024;
/** Words of a record that go into messages and reports. UTF-16 units. */
const wordMaxLength = 200;

/**
 * The paper itself, as PDF. Versions are kept, and no digest of a PDF is told: most are made from their TeX sources,
 * and whether a later run gives the same bytes is not promised anywhere.
 */
export const arxiv = defineResolver<Ref>({
  id: "arxiv",
  parse(location) {
    const paper = paperOf(location.uri);
    const selection = selectionOf(location);
    if (paper === undefined || selection === undefined) return undefined;
    const revision = location.revision === undefined ? undefined : /^v([1-9]\d{0,3})$/.exec(location.revision)?.[1];
    // A revision that names no version is not guessed around.
    if (location.revision !== undefined && revision === undefined) return undefined;
    const version = paper.version ?? (revision === undefined ? undefined : Number(revision));
    // The paper is one file, and no archive.
    if (selection.path !== "" || selection.members !== undefined) return undefined;
    return { id: paper.id, ...(version === undefined ? {} : { version }) };
  },
  isPinned: ({ version }) => version !== undefined,
  async resolve({ id, version }, context) {
    const { http, signal } = context;
    const pages = hostBase(context, "arxiv", "https://arxiv.org/");
    // Records have a host of their own, a mirror has both.
    const records = hostBase(context, "arxiv", "https://oaipmh.arxiv.org/");
    // arXiv's own format: it lists the versions, and names the licence.
    const query = `verb=GetRecord&identifier=oai:arXiv.org:${id}&metadataPrefix=arXivRaw`;
    const url = `${records.url}oai?${query}`;
    const reply = await http.text(
      { url, signal, operatorEndpoint: records.operatorEndpoint },
      { maxBytes: recordMaxBytes },
    );
    if (reply.status !== "ok") return reply;
    const record = recordOf(reply.body, id);
    if ("status" in record) return { url, ...record };
    const { newest } = record;
    if (version !== undefined && version > newest) {
      return refuse("revision-not-found", `\`${id}\` has \`${newest}\` versions, and no \`v${version}\``, { url });
    }
    const meant = version ?? newest;
    const address = `${pages.url}pdf/${id}v${meant}`;
    const object: RemoteObject = {
      path: `${id.slice(id.indexOf("/") + 1)}${version === undefined ? "" : `v${version}`}.pdf`,
      url: address,
      mediaType: "application/pdf",
      ...pages.mark(address),
    };
    const facts: { [name: string]: Json } = { id, versions: newest };
    const license = record.license?.slice(0, wordMaxLength);
    // The record is that of the newest version, and each version may come under other terms.
    if (license !== undefined && meant !== newest) facts.licenseOfNewest = license;
    // No exchange: the record was asked for, and whether the PDF is there it does not say.
    return {
      status: "found",
      revision: `v${meant}`,
      pinned: version !== undefined,
      ...(license !== undefined && meant === newest ? { licensePublished: license } : {}),
      ...one(object),
      ...(version === undefined
        ? { signs: [{ code: "version-chosen", at: `v${newest}`, detail: "the newest version" }] }
        : {}),
      facts,
    };
  },
});

/** `2401.00001`, with a fifth digit since 2015, or `archive/9901001` and `archive.XX/9901001`, then the version. */
const paperPattern =
  /^(?:(\d{4}\.\d{4,5})|([a-z]{1,10}(?:-[a-z]{1,10})?)(?:\.[A-Z]{2})?\/(\d{7}))(?:v([1-9]\d{0,3}))?$/i;

function paperOf(uri: string): Pick<Ref, "id" | "version"> | undefined {
  const short = /^arxiv:(.{1,60})$/i.exec(uri)?.[1] ?? /^10\.48550\/arxiv\.(.{1,60})$/i.exec(doiOf(uri) ?? "")?.[1];
  const [, modern, archive, number, version] = paperPattern.exec(short ?? pageOf(uri) ?? "") ?? [];
  // The subject class of an old number is left out of its record's name.
  const id = modern ?? (archive === undefined ? undefined : `${archive.toLowerCase()}/${number}`);
  return id === undefined ? undefined : { id, ...(version === undefined ? {} : { version: Number(version) }) };
}

function pageOf(uri: string): string | undefined {
  const url = browserUrl(uri);
  if (url === undefined || !/^(?:export\.)?arxiv\.org$/.test(url.host)) return undefined;
  const [kind = "", ...id] = url.segments;
  // Sources and web pages of a paper are other files.
  return /^(?:abs|pdf)$/.test(kind) ? id.join("/").replace(/\.pdf$/, "") : undefined;
}

/** What a record says (OAI-PMH 2.0): the number of versions, and the licence's address. */
function recordOf(
  body: string,
  id: string,
): { readonly newest: number; readonly license: string | undefined } | Refusal {
  const root = parseXml(body);
  if (root?.name !== "OAI-PMH") return refuse("reply-invalid", "the answer is no record (OAI-PMH)");
  const error = childOf(root, "error");
  if (error !== undefined) {
    const code = error.attributes.code?.slice(0, 40) ?? "";
    if (code === "idDoesNotExist") return refuse("not-found", `there is no paper \`${id}\``);
    return refuse("reply-invalid", `the host answered \`${code}\`: ${error.text.trim().slice(0, wordMaxLength)}`);
  }
  const record = childOf(childOf(root, "GetRecord"), "record");
  if (childOf(record, "header")?.attributes.status === "deleted")
    return refuse("gone", `the paper \`${id}\` was deleted`);
  const raw = childOf(childOf(record, "metadata"), "arXivRaw");
  const newest = Math.max(0, ...versionsOf(raw));
  if (raw === undefined || newest === 0) return refuse("reply-invalid", "the answer is no record of a paper");
  const about = childText(raw, "id")?.trim().slice(0, 60);
  if (about !== id) return refuse("reply-invalid", `the answer is about \`${about}\``);
  return { newest, license: childText(raw, "license")?.trim() || undefined };
}

function versionsOf(raw: XmlElement | undefined): readonly number[] {
  const versions = (raw?.children ?? []).filter(({ name }) => name === "version");
  return versions
    .slice(0, 1000)
    .map(({ attributes }) => Number(/^v([1-9]\d{0,3})$/.exec(attributes.version ?? "")?.[1] ?? 0));
}
