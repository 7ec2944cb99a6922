import { folderRemote } from "../git-folder.ts";
import { parseGitUri } from "../git-location.ts";
import { isPinnedRevision, resolveRepository } from "../git-repository.ts";
import { defineResolver, type Resolution, type ResolveContext } from "../resolver.ts";
import { locate } from "./file.ts";

type Ref = {
  readonly url?: string;
  readonly folder?: string;
  readonly revision?: string;
  readonly path: string;
  readonly declaredRevision?: true;
};

/**
 * A git repository at any host, or on this machine. A whole commit id is a pin; a branch, a tag and the host's own
 * choice move.
 */
export const git = defineResolver<Ref>({
  id: "git",
  parse: (location) => parseGitUri(location),
  isPinned: ({ revision }) => isPinnedRevision(revision),
  async resolve({ url, folder, ...wanted }, context): Promise<Resolution> {
    if (folder !== undefined) return local(folder, wanted, context);
    const credential = url === undefined ? undefined : await context.setting(`git.authorization:${url}`);
    const access =
      credential === undefined
        ? {}
        : { authorization: { scheme: "headers", headers: { authorization: credential } } as const };
    return resolveRepository({ url: url ?? "", ...wanted }, context, access);
  },
});

async function local(
  folder: string,
  wanted: Omit<Ref, "url" | "folder">,
  context: ResolveContext,
): Promise<Resolution> {
  const place = await locate({ path: folder, below: "", unpack: false }, context);
  if ("status" in place) return place;
  const remote = await folderRemote(place.real, context.allowOutside);
  return "status" in remote ? remote : resolveRepository({ url: remote, ...wanted }, context);
}
