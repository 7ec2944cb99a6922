import type { DigestSet } from "../model/digest.ts";
import type { RemoteObject } from "../model/evidence.ts";
import type { HostBase } from "./host-base.ts";
import { withDigest } from "./host-digest.ts";

/** A file of a release as its forge tells of it. The address is the forge's word, and gets none of our credentials. */
export function toAsset(
  base: HostBase,
  asset: {
    readonly name: string;
    readonly url: string;
    readonly size?: number | undefined;
    readonly digest?: DigestSet;
    readonly mediaType?: string | undefined;
  },
): readonly RemoteObject[] {
  const { name, size, digest = {}, mediaType } = asset;
  const url = URL.canParse(asset.url) ? new URL(asset.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return [];
  return [
    {
      path: name,
      url: url.href,
      ...(size === undefined ? {} : { size }),
      ...withDigest(digest),
      ...(mediaType === undefined ? {} : { mediaType }),
      ...base.mark(url.href),
      listed: true,
    },
  ];
}
