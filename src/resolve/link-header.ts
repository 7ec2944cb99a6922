/** Longer headers are not read. UTF-16 units. */
const linkMaxLength = 16 * 1024;

/** The target that a `Link` header (RFC 8288) calls the next page, as written there. */
export function nextLink(header: string | undefined): string | undefined {
  if (header === undefined || header.length > linkMaxLength) return undefined;
  for (const [, target, parameters = ""] of header.matchAll(/<([^<>]*)>([^<>]*)/g)) {
    const isNext = parameters.split(/[;,]/).some((parameter) => /^\s*rel\s*=\s*"?next"?\s*$/i.test(parameter));
    if (isNext) return target;
  }
  return undefined;
}
