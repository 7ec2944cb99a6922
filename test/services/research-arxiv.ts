/** arXiv's OAI-PMH interface (format arXivRaw) and its PDFs. */
import type { Host } from "./research-reply.ts";

export interface ArxivPaper {
  readonly id: string;
  /** The PDF of each version, the first one first; undefined where it was withdrawn. */
  readonly versions: readonly (string | undefined)[];
  readonly license?: string;
  readonly deleted?: true;
}

export function arxivHost(papers: readonly ArxivPaper[]): Host {
  return ({ path, query }) => {
    if (path === "oai") return { headers: { "content-type": "text/xml; charset=utf-8" }, body: oai(papers, query) };
    const [, id, version] = /^pdf\/(.+?)(?:v(\d+))?$/.exec(path) ?? [];
    const paper = papers.find((one) => one.id === id);
    const bytes = paper?.versions[Number(version ?? paper.versions.length) - 1];
    if (bytes === undefined)
      return { status: 404, headers: { "content-type": "text/html" }, body: "<html>not found</html>" };
    return { headers: { "content-type": "application/pdf" }, body: Buffer.from(bytes) };
  };
}

function oai(papers: readonly ArxivPaper[], query: URLSearchParams): string {
  const identifier = query.get("identifier") ?? "";
  const paper = papers.find(({ id }) => identifier === `oai:arXiv.org:${id}`);
  const answer =
    paper === undefined ? `<error code="idDoesNotExist">Nothing by this identifier</error>` : record(paper);
  return `<?xml version='1.0' encoding='UTF-8'?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<responseDate>2026-01-01T00:00:00Z</responseDate>
<request verb="GetRecord" identifier="${identifier}" metadataPrefix="arXivRaw">https://oaipmh.arxiv.org/oai</request>
${answer}
</OAI-PMH>`;
}

function record({ id, versions, license, deleted }: ArxivPaper): string {
  const header = `<identifier>oai:arXiv.org:${id}</identifier><datestamp>2026-01-01</datestamp><setSpec>cs</setSpec>`;
  if (deleted === true) return `<GetRecord><record><header status="deleted">${header}</header></record></GetRecord>`;
  const history = versions.map(
    (_pdf, at) => `<version version="v${at + 1}"><date>Mon, 1 Jan 2024 00:00:00 GMT</date><size>10kb</size></version>`,
  );
  return `<GetRecord><record><header>${header}</header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">
<id>${id}</id><submitter>A. Author</submitter>${history.join("")}
<title>On things &amp; others</title><authors>A. Author</authors><categories>cs.LG</categories>
${license === undefined ? "" : `<license>${license}</license>`}
<abstract>Short.</abstract></arXivRaw></metadata></record></GetRecord>`;
}
