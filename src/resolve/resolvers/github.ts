import { z } from "zod";
import type { Forge } from "../forge.ts";
import { isPinnedForge, resolveForge } from "../forge.ts";
import { toAsset } from "../forge-asset.ts";
import type { ForgeRef } from "../forge-location.ts";
import { parseGithub } from "../github-location.ts";
import { bearing } from "../host-base.ts";
import { hostDigest } from "../host-digest.ts";
import { defineResolver } from "../resolver.ts";

const Release = z.lazy(() =>
  z.object({
    tag_name: z.string(),
    immutable: z.boolean().optional().catch(undefined),
    draft: z.boolean().optional().catch(undefined),
    assets: z.array(
      z.object({
        name: z.string(),
        state: z.string().optional().catch(undefined),
        size: z.number().int().nonnegative().optional().catch(undefined),
        digest: z.string().nullish().catch(undefined),
        content_type: z.string().optional().catch(undefined),
        browser_download_url: z.string(),
      }),
    ),
  }),
);

const usual = "https://github.com/";
const api = "https://api.github.com/";

const forge: Forge = {
  id: "github",
  usual,
  assetAddress: (repository, tag, name) => {
    const file = encodeURIComponent(name);
    return tag === undefined
      ? `${repository}/releases/latest/download/${file}`
      : `${repository}/releases/download/${encodeURIComponent(tag)}/${file}`;
  },
  async release({ base, repository, tag }, { http, setting, signal }) {
    // An instance of one's own has its API below itself, and a token of its own.
    const where = base.operatorEndpoint ? `${base.url}api/v3/` : api;
    const token = await setting(base.operatorEndpoint ? "github.enterpriseToken" : "github.token");
    const authorization = bearing("authorization", token === undefined ? undefined : `Bearer ${token}`);
    const which = tag === undefined ? "latest" : `tags/${encodeURIComponent(tag)}`;
    const reply = await http.json(
      {
        url: `${where}repos/${repository}/releases/${which}`,
        headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
        signal,
        operatorEndpoint: base.operatorEndpoint,
        ...(authorization === undefined ? {} : { authorization }),
      },
      Release,
    );
    if (reply.status !== "ok") return reply;
    const { tag_name, immutable, assets } = reply.body;
    // An upload that did not end is not served.
    const whole = assets.filter(({ state }) => state === undefined || state === "uploaded");
    return {
      status: "release",
      tag: tag_name,
      facts: immutable === true ? { immutable } : {},
      assets: whole.flatMap(({ name, size, digest, content_type: mediaType, browser_download_url: url }) =>
        toAsset(base, {
          name,
          url,
          size,
          mediaType,
          digest: hostDigest("sha256", /^sha256:(.*)$/.exec(digest ?? "")?.[1]),
        }),
      ),
    };
  },
};

/**
 * Repositories and releases at GitHub. A whole commit id is a pin. A release's files can be replaced, its tag can be
 * moved, and its archives are made anew each time.
 */
export const github = defineResolver<ForgeRef>({
  id: forge.id,
  parse: parseGithub,
  isPinned: isPinnedForge,
  resolve: (ref, context) => resolveForge(forge, ref, context),
});
