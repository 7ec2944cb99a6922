/** OSF's API and its file service as their descriptions and osfclient show them. */
import { digestOf, type Host, payload, sizeOf } from "./research-reply.ts";

export interface OsfProject {
  readonly guid: string;
  readonly type?: "nodes" | "registrations" | "preprints" | "users";
  /** By path; a list holds the versions of a file, the first one first. */
  readonly files?: Readonly<Record<string, string | readonly string[]>>;
  readonly license?: string;
  readonly access?: "private" | "deleted" | "withdrawn";
  readonly change?: (file: Record<string, unknown>) => unknown;
  /** Items on one page, however many were asked for. */
  readonly pageSize?: number;
}

const failure = (status: number, detail: string) => ({ status, body: { errors: [{ detail }] } });
const idOf = (guid: string, path: string): string => digestOf("sha1", `${guid}/${path}`).slice(0, 24);
const versionsOf = (file: string | readonly string[]): readonly string[] => (typeof file === "string" ? [file] : file);

export function osfHost(projects: readonly OsfProject[], token: string): Host {
  return ({ path, query, headers, base }) => {
    const isIn = headers.authorization === `Bearer ${token}`;
    const closed = ({ access }: OsfProject) => {
      if (access === "deleted") return failure(410, "The requested node is no longer available.");
      if (access !== "private" || isIn) return undefined;
      return failure(401, "Authentication credentials were not provided.");
    };
    const [, stored, provider, id] = /^files\/v1\/resources\/(\w+)\/providers\/(\w+)\/(\w+)$/.exec(path) ?? [];
    const owner = projects.find(({ guid }) => guid === stored);
    if (owner !== undefined && provider === "osfstorage") {
      const found = Object.entries(owner.files ?? {}).find(([name]) => idOf(owner.guid, name) === id)?.[1];
      const versions = versionsOf(found ?? []);
      const bytes = versions[Number(query.get("version") ?? versions.length) - 1];
      return closed(owner) ?? (bytes === undefined ? failure(404, "Not found.") : payload(bytes));
    }
    const api = /^v2\/+(.+?)\/?$/.exec(path)?.[1]?.split("/") ?? [];
    const [kind = "", name = "", ...rest] = api;
    if (kind === "guids") {
      const project = projects.find(({ guid }) => guid === name);
      if (project !== undefined) {
        return { status: 302, headers: { location: `${base}v2/${project.type ?? "nodes"}/${name}/` } };
      }
      const file = fileBy(projects, (one) => one.guid === name);
      return file === undefined
        ? failure(404, "Not found.")
        : { status: 302, headers: { location: `${base}v2/files/${file.id}/` } };
    }
    if (kind === "licenses") {
      const license = projects.find(
        (one) => one.license !== undefined && digestOf("md5", one.license) === name,
      )?.license;
      return license === undefined
        ? failure(404, "Not found.")
        : { body: { data: { id: name, type: "licenses", attributes: { name: license } } } };
    }
    if (kind === "files") {
      const file = fileBy(projects, (one) => one.id === name);
      if (file === undefined) return failure(404, "Not found.");
      if (rest[0] === "versions") {
        const bytes = file.versions[Number(rest[1]) - 1];
        const body = { data: { id: rest[1], type: "file_versions", attributes: { size: sizeOf(bytes ?? "") } } };
        return bytes === undefined ? failure(404, "Not found.") : { body };
      }
      return closed(file.project) ?? { body: { data: fileItem(file.project, file.path, base) } };
    }
    const project = projects.find(({ guid, type = "nodes" }) => guid === name && type === kind);
    if (project === undefined) return failure(404, "Not found.");
    const refused = closed(project);
    if (refused !== undefined) return refused;
    if (rest.length === 0) return { body: { data: projectItem(project, base) } };
    if (rest[0] !== "files") return failure(404, "Not found.");
    const files = `${base}v2/${kind}/${name}/files/`;
    if (rest[1] === undefined) {
      const storage = {
        id: `${name}:osfstorage`,
        type: "files",
        attributes: { kind: "folder", name: "osfstorage", path: "/", node: name, provider: "osfstorage" },
      };
      const links = { upload: files, new_folder: files };
      return page(
        [{ ...storage, links, relationships: { files: { links: { related: { href: `${files}osfstorage/` } } } } }],
        query,
        files,
      );
    }
    if (rest[1] !== "osfstorage") return failure(404, "Not found.");
    const folder = rest[2] === undefined ? "" : foldersOf(project).find((one) => idOf(name, one) === rest[2]);
    if (folder === undefined) return failure(404, "Not found.");
    return page(itemsIn(project, folder, base), query, `${base}v2/${api.join("/")}/`, project.pageSize);
  };
}

function page(items: readonly unknown[], query: URLSearchParams, address: string, most?: number) {
  const size = most ?? Number(query.get("page[size]") ?? 10);
  const number = Number(query.get("page") ?? 1);
  const isLast = number * size >= items.length;
  const next = isLast ? null : `${address}?page=${number + 1}&page%5Bsize%5D=${size}`;
  const links = { first: null, last: null, prev: null, next, meta: { total: items.length, per_page: size } };
  return { body: { data: items.slice((number - 1) * size, number * size), links } };
}

function projectItem({ guid, type = "nodes", files = {}, license, access }: OsfProject, base: string) {
  const related = (path: string) => ({ links: { related: { href: `${base}v2/${path}/`, meta: {} } } });
  const [first] = Object.keys(files);
  return {
    id: guid,
    type,
    attributes: {
      title: "A project",
      public: access !== "private",
      description: "",
      date_created: null,
      date_modified: null,
      withdrawn: access === "withdrawn",
      node_license: null,
    },
    relationships: {
      files: related(`${type}/${guid}/files`),
      ...(license === undefined ? {} : { license: related(`licenses/${digestOf("md5", license)}`) }),
      ...(type === "preprints" && first !== undefined ? { primary_file: related(`files/${idOf(guid, first)}`) } : {}),
    },
    links: { self: `${base}v2/${type}/${guid}/`, html: `https://osf.io/${guid}/` },
  };
}

function foldersOf({ files = {} }: OsfProject): readonly string[] {
  const all = Object.keys(files).flatMap((path) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_part, at) => `${parts.slice(0, at + 1).join("/")}/`);
  });
  return [...new Set(all)];
}

function itemsIn(project: OsfProject, folder: string, base: string): readonly unknown[] {
  const isDirect = (path: string) =>
    path.startsWith(folder) && !path.slice(folder.length).replace(/\/$/, "").includes("/");
  const folders = foldersOf(project).filter((path) => path !== folder && isDirect(path));
  const files = Object.keys(project.files ?? {}).filter(isDirect);
  return [
    ...folders.map((path) => folderItem(project, path, base)),
    ...files.map((path) => fileItem(project, path, base)),
  ];
}

function folderItem({ guid, type = "nodes" }: OsfProject, path: string, base: string) {
  const id = idOf(guid, path);
  const href = `${base}v2/${type}/${guid}/files/osfstorage/${id}/`;
  const wb = `${base}files/v1/resources/${guid}/providers/osfstorage/${id}/`;
  const name = path.split("/").at(-2) ?? "";
  const attributes = {
    kind: "folder",
    name,
    materialized_path: `/${path}`,
    path: `/${id}/`,
    size: null,
    extra: { hashes: { md5: null, sha256: null } },
  };
  const links = { self: href, info: href, move: wb, upload: wb, delete: wb, new_folder: wb };
  return {
    id,
    type: "files",
    attributes: { ...attributes, provider: "osfstorage", date_created: null, date_modified: null },
    links,
    relationships: { files: { links: { related: { href, meta: {} } } } },
  };
}

function fileItem(project: OsfProject, path: string, base: string) {
  const id = idOf(project.guid, path);
  const versions = versionsOf(project.files?.[path] ?? []);
  const bytes = versions.at(-1) ?? "";
  const wb = `${base}files/v1/resources/${project.guid}/providers/osfstorage/${id}`;
  const self = `${base}v2/files/${id}/`;
  const item = {
    id,
    type: "files",
    attributes: {
      kind: "file",
      name: path.split("/").at(-1),
      materialized_path: `/${path}`,
      path: `/${id}`,
      provider: "osfstorage",
      size: sizeOf(bytes),
      current_version: versions.length,
      date_created: null,
      date_modified: null,
      guid: guidOf(project.guid, path),
      extra: { hashes: { md5: digestOf("md5", bytes), sha256: digestOf("sha256", bytes) }, downloads: 1 },
    },
    links: {
      self,
      info: self,
      move: wb,
      upload: wb,
      delete: wb,
      download: wb,
      html: `https://osf.io/${project.guid}/files/osfstorage/${id}`,
    },
    relationships: { versions: { links: { related: { href: `${self}versions/`, meta: {} } } } },
  };
  return project.change?.(item) ?? item;
}

/** The guid of a file of a project. */
export const guidOf = (project: string, path: string): string => digestOf("md5", `${project}/${path}`).slice(0, 5);

function fileBy(projects: readonly OsfProject[], is: (file: { id: string; guid: string }) => boolean) {
  for (const project of projects) {
    for (const [path, file] of Object.entries(project.files ?? {})) {
      const found = {
        project,
        path,
        versions: versionsOf(file),
        id: idOf(project.guid, path),
        guid: guidOf(project.guid, path),
      };
      if (is(found)) return found;
    }
  }
  return undefined;
}
