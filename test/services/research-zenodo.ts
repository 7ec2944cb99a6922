/** Zenodo's records API as its own source and client code show it (zenodo-rdm, pooch). */
import { digestOf, type Host, payload, sizeOf } from "./research-reply.ts";

export interface ZenodoRecord {
  readonly id: string;
  readonly concept: string;
  readonly files: Readonly<Record<string, string>>;
  /** `key` is the shape of records, `filename` that of deposits and of some weeks in 2023. */
  readonly shape?: "key" | "filename";
  readonly license?: string;
  readonly access?: "open" | "restricted" | "embargoed" | "closed";
  readonly version?: string;
  readonly state?: "draft" | "withdrawn";
  /** Changes the answer before it is sent. */
  readonly change?: (record: Record<string, unknown>) => unknown;
}

export function zenodoHost(records: readonly ZenodoRecord[], token: string): Host {
  const newest = (concept: string) => records.filter((record) => record.concept === concept).at(-1);
  return ({ path, headers, base }) => {
    const [, id = "", rest] = /^(?:api\/)?records\/(\d+)(?:\/(.+))?$/.exec(path) ?? [];
    const record = records.find((one) => one.id === id);
    const isIn = headers.authorization === `Bearer ${token}`;
    if (record === undefined || (record.state === "draft" && !isIn)) {
      const latest = newest(id);
      if (latest === undefined)
        return { status: 404, body: { status: 404, message: "The persistent identifier does not exist." } };
      return { status: 302, headers: { location: `${base}api/records/${latest.id}` } };
    }
    if (record.state === "withdrawn") {
      return {
        status: 410,
        body: { status: 410, message: "Record deleted", tombstone: { removal_reason: { id: "retracted" } } },
      };
    }
    const mayRead = isIn || (record.access ?? "open") === "open";
    if (rest !== undefined) {
      const name = /^files\/(.+?)(?:\/content)?$/.exec(rest)?.[1] ?? "";
      const bytes = record.files[name];
      if (!mayRead) return { status: 403, body: { status: 403, message: "Permission denied." } };
      return bytes === undefined ? { status: 404, body: { status: 404, message: "No such file" } } : payload(bytes);
    }
    const files = Object.entries(mayRead ? record.files : {}).map(([name, bytes]) =>
      record.shape === "filename"
        ? {
            id: name,
            filename: name,
            filesize: sizeOf(bytes),
            checksum: digestOf("md5", bytes),
            links: { download: `${base}gone` },
          }
        : {
            id: name,
            key: name,
            size: sizeOf(bytes),
            checksum: `md5:${digestOf("md5", bytes)}`,
            // As the host writes it: nothing in the name is encoded.
            links: { self: `${base}api/records/${id}/files/${name}/content` },
          },
    );
    const body = {
      id: Number(id),
      recid: id,
      conceptrecid: record.concept,
      doi: `10.5281/zenodo.${id}`,
      conceptdoi: `10.5281/zenodo.${record.concept}`,
      title: "A record",
      links: { self: `${base}api/records/${id}`, self_html: `${base}records/${id}` },
      metadata: {
        title: "A record",
        access_right: record.access ?? "open",
        ...(record.access === "embargoed" ? { embargo_date: "2099-01-31" } : {}),
        ...(record.version === undefined ? {} : { version: record.version }),
        ...(record.license === undefined ? {} : { license: { id: record.license } }),
      },
      files,
      revision: 4,
      state: record.state === "draft" ? "unsubmitted" : "done",
      status: record.state === "draft" ? "draft" : "published",
      submitted: record.state !== "draft",
    };
    const limits = { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59", "x-ratelimit-reset": "1900000000" };
    return { headers: limits, body: record.change?.(body) ?? body };
  };
}
