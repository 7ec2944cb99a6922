import type { Answer } from "../io/http.ts";
import type { Json } from "../model/json.ts";
import { jsonOf } from "./json-bytes.ts";
import { MANIFEST_MAX_BYTES } from "./oci-manifest.ts";
import { OciIndex } from "./oci-reply.ts";
import type { OciSession } from "./oci-session.ts";

/** Referrers that a report names; the others are only counted. */
const REFERRERS_MAX = 50;
const accept = "application/vnd.oci.image.index.v1+json";

/**
 * What refers to a manifest (signatures, bills of materials, attestations), as facts: it is named, not read. A registry
 * without the referrers API keeps the same list under a tag made of the digest.
 */
export async function referrersOf(digest: string, session: OciSession): Promise<{ readonly [name: string]: Json }> {
  const limits = { accept, maxBytes: MANIFEST_MAX_BYTES };
  let answer = await session.ask(`referrers/${digest}`, limits);
  if (answer.status === "answered" && answer.httpStatus === 404) {
    answer = await session.ask(`manifests/${digest.replace(":", "-")}`, limits);
    if (answer.status === "answered" && answer.httpStatus === 404) return {};
  }
  if (answer.status === "refused") return { referrersUnread: answer.reason };
  if (answer.httpStatus !== 200) return { referrersUnread: answer.refusal?.reason ?? `status ${answer.httpStatus}` };
  return listed(answer);
}

function listed(answer: Answer): { readonly [name: string]: Json } {
  const read = OciIndex.safeParse(jsonOf(answer.bytes));
  if (!read.success) return { referrersUnread: "reply-invalid" };
  const { manifests } = read.data;
  if (manifests.length === 0) return {};
  const told = manifests.slice(0, REFERRERS_MAX).map(({ digest, artifactType, mediaType }) => ({
    artifactType: artifactType ?? mediaType,
    digest,
  }));
  // One page is asked for: what stands behind it is said to be there.
  const hasMore = manifests.length > REFERRERS_MAX || (answer.headers.link ?? "").includes('rel="next"');
  return { referrers: told, ...(hasMore ? { referrersOmitted: true } : {}) };
}
