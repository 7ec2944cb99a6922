/** What a host says about parts of a payload. */

/** `bytes 50-99/200`, `bytes 50-99/*` and, for 416, `bytes * /200` without the space. */
export interface ContentRange {
  readonly start?: number;
  /** Inclusive, as on the wire. */
  readonly end?: number;
  readonly total?: number;
}

/** Reads a Content-Range header; undefined for every deviation from its grammar. */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(?<start>\d{1,16})-(?<end>\d{1,16})|\*)\/(?:(?<total>\d{1,16})|\*)$/i.exec(
    value?.trim() ?? "",
  );
  if (match?.groups === undefined) return undefined;
  const { start, end, total } = match.groups;
  return {
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(end === undefined ? {} : { end: Number(end) }),
    ...(total === undefined ? {} : { total: Number(total) }),
  };
}

/** The entity tag, if it is a strong one: the same tag then means the same bytes. */
export function strongEtag(etag: string | undefined): string | undefined {
  return etag !== undefined && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag) ? etag : undefined;
}
