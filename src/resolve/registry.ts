import type { Json } from "../model/json.ts";
import type { Location } from "../model/manifest.ts";
import type { Resolver } from "./resolver.ts";
import { arxiv } from "./resolvers/arxiv.ts";
import { azure } from "./resolvers/azure.ts";
import { dataverse } from "./resolvers/dataverse.ts";
import { doi } from "./resolvers/doi.ts";
import { figshare } from "./resolvers/figshare.ts";
import { file } from "./resolvers/file.ts";
import { forgejo } from "./resolvers/forgejo.ts";
import { git } from "./resolvers/git.ts";
import { github } from "./resolvers/github.ts";
import { gitlab } from "./resolvers/gitlab.ts";
import { gs } from "./resolvers/gs.ts";
import { https } from "./resolvers/https.ts";
import { huggingface } from "./resolvers/huggingface.ts";
import { ipfs } from "./resolvers/ipfs.ts";
import { kaggle } from "./resolvers/kaggle.ts";
import { modelscope } from "./resolvers/modelscope.ts";
import { npm } from "./resolvers/npm.ts";
import { oci } from "./resolvers/oci.ts";
import { osf } from "./resolvers/osf.ts";
import { pypi } from "./resolvers/pypi.ts";
import { s3 } from "./resolvers/s3.ts";
import { swh } from "./resolvers/swh.ts";
import { zenodo } from "./resolvers/zenodo.ts";

/**
 * Every kind of host that we know, most specific first: the first `parse` that accepts a location has it. `https`
 * takes whatever URL nobody before it owns, and `file` whatever has no scheme, so new ones go above these two.
 */
export const resolvers: readonly Resolver[] = [
  npm,
  pypi,
  huggingface,
  kaggle,
  modelscope,
  swh,
  ipfs,
  github,
  gitlab,
  forgejo,
  git,
  oci,
  s3,
  gs,
  azure,
  zenodo,
  figshare,
  osf,
  arxiv,
  dataverse,
  doi,
  https,
  file,
];

/** The resolver that reads this location, with what it read; undefined where nobody does, which is never guessed around. */
export function findResolver(location: Location): { readonly resolver: Resolver; readonly ref: Json } | undefined {
  for (const resolver of resolvers) {
    const ref = resolver.parse(location);
    if (ref !== undefined) return { resolver, ref };
  }
  return undefined;
}

/** The kinds of locations that are read, by one word each, for messages. */
export function supportedKinds(): string {
  return resolvers.map(({ id }) => id).join(", ");
}

/**
 * How the supported locations look, one line for each kind: of this location's own kind, where it begins like one, for
 * whoever writes it nearly right is helped by no others.
 */
export function supportedSyntax(uri = ""): readonly string[] {
  const all = resolvers.map(({ syntax }) => syntax);
  const own = beginningsOf(uri).map((beginning) =>
    all.filter((syntax) => syntax.split(", ").some((form) => form.startsWith(beginning))),
  );
  return own.find((some) => some.length > 0) ?? all;
}

/** What other locations of the same kind begin with, the closest first. */
function beginningsOf(uri: string): readonly string[] {
  // As git's own users write a repository that ssh leads to.
  if (/^[a-z0-9_.-]+@[a-z0-9_.-]+:/i.test(uri)) return ["git+ssh:"];
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return [];
  const type = /^pkg:([a-z0-9.+-]+)/i.exec(uri)?.[1]?.toLowerCase();
  return type === undefined ? [scheme] : [`pkg:${type}/`, "pkg:"];
}
