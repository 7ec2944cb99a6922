import type { Resolver } from "./resolver.ts";
import { arxiv } from "./resolvers/arxiv.ts";
import { dataverse } from "./resolvers/dataverse.ts";
import { figshare } from "./resolvers/figshare.ts";
import { forgejo } from "./resolvers/forgejo.ts";
import { github } from "./resolvers/github.ts";
import { gitlab } from "./resolvers/gitlab.ts";
import { huggingface } from "./resolvers/huggingface.ts";
import { osf } from "./resolvers/osf.ts";
import { zenodo } from "./resolvers/zenodo.ts";

/**
 * Whose pages a DOI may lead to, most specific first. Hosts that are known by the address of their pages; a page that
 * none of them reads is a page, and no file.
 */
export const doiHosts: readonly Resolver[] = [
  zenodo,
  figshare,
  osf,
  arxiv,
  huggingface,
  github,
  gitlab,
  forgejo,
  dataverse,
];
