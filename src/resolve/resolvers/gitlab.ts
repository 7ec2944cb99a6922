import { z } from "zod";
import type { Forge } from "../forge.ts";
import { isPinnedForge, resolveForge } from "../forge.ts";
import { toAsset } from "../forge-asset.ts";
import type { ForgeRef } from "../forge-location.ts";
import { parseGitlab } from "../gitlab-location.ts";
import { defineResolver } from "../resolver.ts";

const Release = z.lazy(() =>
  z.object({
    tag_name: z.string(),
    assets: z.object({
      links: z.array(
        z.object({
          name: z.string(),
          url: z.string(),
          direct_asset_url: z.string().optional().catch(undefined),
        }),
      ),
    }),
  }),
);

const forge: Forge = {
  id: "gitlab",
  usual: "https://gitlab.com/",
  assetAddress: (repository, tag = "", name) => {
    const file = name.split("/").map(encodeURIComponent).join("/");
    return `${repository}/-/releases/${encodeURIComponent(tag)}/downloads/${file}`;
  },
  async release({ base, repository, tag = "" }, { http, signal }) {
    const project = `${base.url}api/v4/projects/${encodeURIComponent(repository)}`;
    const reply = await http.json(
      {
        url: `${project}/releases/${encodeURIComponent(tag)}`,
        headers: { accept: "application/json" },
        signal,
        operatorEndpoint: base.operatorEndpoint,
      },
      Release,
    );
    if (reply.status !== "ok") return reply;
    return {
      status: "release",
      tag: reply.body.tag_name,
      facts: {},
      // What was attached are links: the forge knows neither their sizes nor their digests, and any host may serve them.
      assets: reply.body.assets.links.flatMap(({ name, url, direct_asset_url: direct }) =>
        toAsset(base, { name, url: direct ?? url }).map(({ listed: _unchecked, ...link }) => link),
      ),
    };
  },
};

/**
 * Projects and releases at GitLab, the public instance or any other. A whole commit id is a pin. A release's links can
 * be pointed elsewhere, its tag can be moved, and its archives are made anew each time.
 */
export const gitlab = defineResolver<ForgeRef>({
  id: forge.id,
  parse: parseGitlab,
  isPinned: isPinnedForge,
  resolve: (ref, context) => resolveForge(forge, ref, context),
});
