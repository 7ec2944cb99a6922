/** Figshare's public API as its OpenAPI description and pooch show it. */
import { digestOf, type Host, payload, sizeOf } from "./research-reply.ts";

export interface FigshareArticle {
  readonly id: number;
  /** The files of each version, the first one first. */
  readonly versions: readonly Readonly<Record<string, string>>[];
  /** Folders by file name. */
  readonly folders?: Readonly<Record<string, string>>;
  readonly license?: string;
  readonly embargo?: string;
  readonly confidential?: true;
  readonly downloadsOff?: true;
  /** Names of files that are links to elsewhere. */
  readonly links?: readonly string[];
  /** Changes the article's answer before it is sent. */
  readonly change?: (article: Record<string, unknown>) => unknown;
}

/** What an article's own answer lists at the most. */
const filesInArticle = 10;

export function figshareHost(articles: readonly FigshareArticle[]): Host {
  return ({ path, query, base }) => {
    const api = /^v2\/(.+)$/.exec(path)?.[1];
    // The page that a DOI leads to.
    if (path.startsWith("articles/")) return { headers: { "content-type": "text/html" }, body: "<html>A page</html>" };
    if (api === undefined) return download(articles, path);
    if (api === "articles") {
      const id = Number(/figshare\.(\d+)/.exec(query.get("doi") ?? "")?.[1]);
      return { body: articles.filter((one) => one.id === id).map(({ id: found }) => ({ id: found })) };
    }
    const [, id, version, below] = /^articles\/(\d+)(?:\/versions\/(\d+))?(\/files)?$/.exec(api) ?? [];
    const article = articles.find((one) => one.id === Number(id));
    if (article === undefined) return { status: 404, body: { message: "Article with specified ID does not exist" } };
    const number = version === undefined ? article.versions.length : Number(version);
    const files = article.versions[number - 1];
    if (files === undefined) return { status: 404, body: { message: "Version does not exist" } };
    const isHidden = article.embargo !== undefined || article.confidential === true;
    const list = Object.entries(isHidden ? {} : files).map(([name, bytes], at) => {
      const isLink = article.links?.includes(name) === true;
      return {
        id: fileId(article, number, at),
        name,
        size: isLink ? 0 : sizeOf(bytes),
        is_link_only: isLink,
        download_url: `${base}files/${fileId(article, number, at)}`,
        supplied_md5: "",
        computed_md5: isLink ? "" : digestOf("md5", bytes),
        mimetype: "text/plain",
      };
    });
    if (below !== undefined) {
      const size = Number(query.get("page_size") ?? 10);
      const from = (Number(query.get("page") ?? 1) - 1) * size;
      return { body: list.slice(from, from + size) };
    }
    const body = {
      id: article.id,
      version: number,
      doi: `10.6084/m9.figshare.${article.id}.v${number}`,
      title: "An article",
      files: list.slice(0, filesInArticle),
      folder_structure: Object.fromEntries(
        list.flatMap((file) =>
          article.folders?.[file.name] === undefined ? [] : [[file.id, article.folders[file.name]]],
        ),
      ),
      license: article.license === undefined ? null : { value: 1, name: article.license, url: "https://example.org/" },
      download_disabled: article.downloadsOff ?? false,
      is_embargoed: article.embargo !== undefined,
      embargo_type: article.embargo === undefined ? null : "file",
      embargo_date: article.embargo ?? null,
      is_confidential: article.confidential ?? false,
      is_metadata_record: list.length === 0,
    };
    return { body: article.change?.(body) ?? body };
  };
}

const fileId = (article: FigshareArticle, version: number, at: number): number =>
  article.id * 1_000_000 + version * 10_000 + at;

function download(articles: readonly FigshareArticle[], path: string) {
  const id = Number(/^files\/(\d+)$/.exec(path)?.[1]);
  const article = articles.find((one) => one.id === Math.floor(id / 1_000_000));
  const files = Object.values(article?.versions[(Math.floor(id / 10_000) % 100) - 1] ?? {});
  const bytes = files[id % 10_000];
  return bytes === undefined ? { status: 404, body: { message: "Entity not found" } } : payload(bytes);
}
