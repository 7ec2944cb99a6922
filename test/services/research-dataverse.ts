/** A Dataverse installation's native and access API as its guides, issues and pooch show them. */
import { digestOf, type Host, type HostQuestion, payload, sizeOf } from "./research-reply.ts";

export interface DataverseFile {
  readonly bytes: string;
  readonly folder?: string;
  readonly restricted?: true;
  readonly embargo?: string;
  /** What a table was converted to: how it is called now, its line of names, and its rows as they are stored. */
  readonly table?: { readonly name: string; readonly header: string; readonly rows: string; readonly unnamed?: true };
}

export interface Dataset {
  /** `doi:10.x/y`. */
  readonly id: string;
  /** The files of each published version `n.0`, by the name of what was uploaded. */
  readonly versions: readonly Readonly<Record<string, DataverseFile>>[];
  readonly license?: string | { readonly name: string; readonly uri: string };
  readonly terms?: string;
  readonly unpublished?: true;
  readonly checksum?: "MD5" | "SHA-1" | "SHA-256" | "SHA-512";
  /** An installation from before listings had pages, and before files could be left out. */
  readonly old?: true;
  readonly change?: (file: Record<string, unknown>) => unknown;
}

const node: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-512": "sha512",
};
const failure = (status: number, message: string) => ({ status, body: { status: "ERROR", message } });

export function dataverseHost(datasets: readonly Dataset[], key: string): Host {
  return (question) => {
    const { path, query, headers } = question;
    const isIn = headers["x-dataverse-key"] === key;
    const access = /^api\/access\/datafile\/(\d+)$/.exec(path)?.[1];
    if (access !== undefined) return download(datasets, Number(access), question, isIn);
    const pid = query.get("persistentId") ?? "";
    const asFile = /^api\/files\/(:persistentId|\d+)(?:\/versions\/(.+))?$/.exec(path);
    if (asFile !== null) return oneFile(datasets, asFile[1] ?? "", pid, asFile[2]);
    const [, version, files] = /^api\/datasets\/:persistentId\/?(?:versions\/([^/]+)(\/files)?)?$/.exec(path) ?? [];
    const dataset = datasets.find(({ id }) => id === pid);
    if (dataset === undefined) return failure(404, `Dataset with Persistent ID ${pid} not found.`);
    if (dataset.unpublished === true && !isIn) {
      return failure(401, "User :guest is not permitted to perform requested action.");
    }
    const number = version === undefined || version.startsWith(":latest") ? dataset.versions.length : Number(version);
    const list = filesOf(dataset, number);
    if (list === undefined) return failure(404, `Dataset version ${version} of dataset not found`);
    if (files !== undefined) {
      const limit = dataset.old === true ? list.length : Number(query.get("limit") ?? list.length);
      const from = dataset.old === true ? 0 : Number(query.get("offset") ?? 0);
      return { body: { status: "OK", totalCount: list.length, data: list.slice(from, from + limit) } };
    }
    const without = query.get("excludeFiles") === "true" && dataset.old !== true;
    const data = { ...versionOf(dataset, number), ...(without ? {} : { files: list }) };
    return { body: { status: "OK", data: version === undefined ? { id: 1, latestVersion: data } : data } };
  };
}

function versionOf({ license, terms, unpublished, id }: Dataset, number: number) {
  return {
    id: 1,
    datasetPersistentId: id,
    ...(unpublished === true ? {} : { versionNumber: number, versionMinorNumber: 0 }),
    versionState: unpublished === true ? "DRAFT" : "RELEASED",
    ...(license === undefined ? {} : { license }),
    ...(terms === undefined ? {} : { termsOfUse: terms }),
  };
}

/** A file keeps its number from version to version while its bytes stay. */
function idOf({ id }: Dataset, name: string, bytes: string): number {
  return Number.parseInt(digestOf("sha256", `${id}${name}\0${bytes}`).slice(0, 10), 16);
}

function filesOf(dataset: Dataset, number: number): readonly Record<string, unknown>[] | undefined {
  const files = dataset.versions[number - 1];
  if (files === undefined) return undefined;
  const type = dataset.checksum ?? "MD5";
  return Object.entries(files).map(([name, { bytes, folder, restricted, embargo, table }]) => {
    const value = digestOf(node[type] ?? "md5", bytes);
    const id = idOf(dataset, name, bytes);
    const file = {
      label: table?.name ?? name,
      ...(folder === undefined ? {} : { directoryLabel: folder }),
      restricted: restricted ?? false,
      version: number,
      datasetVersionId: 1,
      dataFile: {
        id,
        persistentId: `${dataset.id}/F${id}`,
        filename: table?.name ?? name,
        contentType: table === undefined ? "text/plain" : "text/tab-separated-values",
        // Of a table, the rows as they are stored.
        filesize: sizeOf(table?.rows ?? bytes),
        ...(table === undefined
          ? {}
          : {
              originalFileFormat: "text/csv",
              originalFormatLabel: "Comma Separated Values",
              originalFileSize: sizeOf(bytes),
              ...(table.unnamed === true ? {} : { originalFileName: name }),
              UNF: "UNF:6:zChnyI3fjwNP+6qW0VryVQ==",
            }),
        ...(embargo === undefined ? {} : { embargo: { dateAvailable: embargo, reason: "a paper" } }),
        ...(type === "MD5" ? { md5: value } : {}),
        checksum: { type, value },
      },
    };
    return (dataset.change?.(file) as typeof file | undefined) ?? file;
  });
}

function oneFile(datasets: readonly Dataset[], name: string, pid: string, version: string | undefined) {
  for (const dataset of datasets) {
    const number = version === undefined ? dataset.versions.length : Number(version);
    for (const file of filesOf(dataset, number) ?? []) {
      const { id, persistentId } = file.dataFile as { id: number; persistentId: string };
      if (persistentId !== pid && String(id) !== name) continue;
      return { body: { status: "OK", data: { ...file, datasetVersion: versionOf(dataset, number) } } };
    }
  }
  return failure(404, "File with ID not found.");
}

function download(datasets: readonly Dataset[], id: number, { query }: HostQuestion, isIn: boolean) {
  for (const dataset of datasets) {
    for (const [name, file] of dataset.versions.flatMap((files) => Object.entries(files))) {
      if (idOf(dataset, name, file.bytes) !== id) continue;
      if (!isIn && (file.restricted === true || file.embargo !== undefined)) return failure(403, "Not authorized");
      if (file.table === undefined || query.get("format") === "original") return payload(file.bytes);
      return payload(file.table.header + file.table.rows);
    }
  }
  return failure(404, "Not found");
}
