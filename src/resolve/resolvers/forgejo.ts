import { z } from "zod";
import type { Forge } from "../forge.ts";
import { isPinnedForge, resolveForge } from "../forge.ts";
import { toAsset } from "../forge-asset.ts";
import type { ForgeRef } from "../forge-location.ts";
import { parseForgejo } from "../forgejo-location.ts";
import { defineResolver } from "../resolver.ts";

const Release = z.lazy(() =>
  z.object({
    tag_name: z.string(),
    assets: z.array(
      z.object({
        name: z.string(),
        size: z.number().int().nonnegative().optional().catch(undefined),
        browser_download_url: z.string(),
      }),
    ),
  }),
);

const forge: Forge = {
  id: "forgejo",
  usual: "https://codeberg.org/",
  assetAddress: (repository, tag = "", name) =>
    `${repository}/releases/download/${encodeURIComponent(tag)}/${encodeURIComponent(name)}`,
  async release({ base, repository, tag = "" }, { http, signal }) {
    const reply = await http.json(
      {
        url: `${base.url}api/v1/repos/${repository}/releases/tags/${encodeURIComponent(tag)}`,
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
      assets: reply.body.assets.flatMap(({ name, size, browser_download_url: url }) =>
        toAsset(base, { name, url, size }),
      ),
    };
  },
};

/**
 * Repositories and releases at Codeberg and at any other Forgejo or Gitea. A whole commit id is a pin. A release's files
 * can be replaced, its tag can be moved, and its archives are made anew each time.
 */
export const forgejo = defineResolver<ForgeRef>({
  id: forge.id,
  parse: parseForgejo,
  isPinned: isPinnedForge,
  resolve: (ref, context) => resolveForge(forge, ref, context),
});
