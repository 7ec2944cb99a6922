import type { HostSign } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { wordsOf } from "../oci-config.ts";
import { kindOf, layersOf } from "../oci-layers.ts";
import { type OciRef, parseOciLocation } from "../oci-location.ts";
import { askManifest, digestOfTag } from "../oci-manifest.ts";
import { referrersOf } from "../oci-referrers.ts";
import { type OciSession, openSession } from "../oci-session.ts";
import { defineResolver } from "../resolver.ts";

/**
 * A registry of containers and artifacts. A digest names the very bytes of a manifest, which names those of every file;
 * a tag, `latest` when nothing is said, is moved as its owner likes.
 */
export const oci = defineResolver<OciRef>({
  id: "oci",
  parse: parseOciLocation,
  isPinned: ({ digest }) => digest !== undefined,
  async resolve(ref, context) {
    const session = openSession(ref, context);
    const chosen = await askManifest(ref, session);
    if ("status" in chosen) return chosen;
    const { manifest, digest, named, exchange } = chosen;
    const kind = kindOf(manifest);
    const words = await wordsOf(manifest, kind, session);
    const { url, isOperators } = session;
    const place = { url, isOperators, selected: ref.path, unpack: ref.unpack === true, unplaced: words.unplaced };
    const { objects, single, layered } = layersOf(manifest, kind, place);
    if (objects.length === 0 && ref.path !== "") {
      return refuse("not-found", `the artifact has no \`${ref.path}\``, { url: exchange.finalUrl });
    }
    const facts: { [name: string]: Json } = {
      registry: ref.registry,
      repository: ref.repository,
      kind,
      manifest: digest,
      ...words.facts,
      ...(await referrersOf(named, session)),
    };
    if (manifest.artifactType) facts.artifactType = manifest.artifactType;
    const tagNow = await movedTo(ref, session);
    if (tagNow !== undefined) facts.tagNow = tagNow;
    return {
      status: "found",
      revision: named,
      ...(ref.namedByRevision === true ? { revisionIsName: true } : {}),
      pinned: ref.digest !== undefined,
      ...(single ? { single: true } : {}),
      ...(layered ? { layered: true } : {}),
      ...(tagNow === undefined ? {} : { signs: [movedSign(ref, tagNow)] }),
      ...(words.licensePublished === undefined ? {} : { licensePublished: words.licensePublished }),
      objects: {
        async *[Symbol.asyncIterator]() {
          yield* objects;
        },
      },
      facts,
      exchange,
      authorize: (object) => session.authorize(object),
    };
  },
});

/** Where the tag has gone since, when a digest is named beside it: the digest decides. */
async function movedTo({ tag, digest }: OciRef, session: OciSession): Promise<string | undefined> {
  if (tag === undefined || digest === undefined) return undefined;
  const now = await digestOfTag(tag, session);
  // By another algorithm it can be the same manifest.
  const isAlike = now?.split(":", 1)[0] === digest.split(":", 1)[0];
  return isAlike && now !== digest ? now : undefined;
}

function movedSign({ tag = "" }: OciRef, now: string): HostSign {
  return { code: "tag-moved", at: tag, detail: `\`${now}\`` };
}
