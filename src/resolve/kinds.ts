import type { Resolver } from "./resolver.ts";

/** One kind of host: what is known of it before the code that asks it is loaded. */
export interface ResolverKind {
  /** That of its resolver. */
  readonly id: string;
  /** False where each location names its own host, so that no endpoint can stand in for it. */
  readonly takesEndpoint?: false;
  /** How its locations look, for the message that lists what is supported. */
  readonly syntax: string;
  /**
   * What a text that `parse` takes looks like: how it begins, or, of a web address, a host's name or a path as URL
   * readers leave them. To fit too much costs time; what fits none of the three is never shown to the resolver.
   */
  readonly begins: RegExp;
  readonly host?: RegExp;
  readonly page?: RegExp;
  readonly load: () => Promise<Resolver>;
}

/**
 * Every kind of host that we know, most specific first: the first whose resolver's `parse` accepts a location has it.
 * `https` takes whatever URL nobody before it owns, and `file` whatever has no scheme, so new ones go above these two.
 * A release names two or three kinds: the code of the others is not loaded.
 */
export const resolverKinds: readonly ResolverKind[] = [
  {
    id: "npm",
    syntax: "pkg:npm/name@version, pkg:npm/@scope/name@version",
    begins: /^pkg:npm\//i,
    load: async () => (await import("./resolvers/npm.ts")).npm,
  },
  {
    id: "pypi",
    syntax: "pkg:pypi/name@version, pkg:pypi/name@version?file_name=name-version.tar.gz",
    begins: /^pkg:\/*pypi\//i,
    host: /^(?:www\.)?pypi\.org$/,
    load: async () => (await import("./resolvers/pypi.ts")).pypi,
  },
  {
    id: "huggingface",
    syntax:
      "hf:org/name@revision, hf:datasets/org/name, https://huggingface.co/org/name, pkg:huggingface/org/name@commit",
    begins: /^(?:hf:|pkg:\/*huggingface\/)/i,
    host: /(?:^|\.)(?:huggingface\.co|hf\.co)$/,
    load: async () => (await import("./resolvers/huggingface.ts")).huggingface,
  },
  {
    id: "kaggle",
    syntax: "kaggle:datasets/owner/name@version, kaggle:models/owner/name/framework/variation@version",
    begins: /^kaggle:/i,
    host: /(?:^|\.)kaggle\.com$/,
    load: async () => (await import("./resolvers/kaggle.ts")).kaggle,
  },
  {
    id: "modelscope",
    syntax: "modelscope:owner/name@revision, modelscope:datasets/owner/name@revision",
    begins: /^modelscope:/i,
    host: /(?:^|\.)modelscope\.(?:cn|ai)$/,
    load: async () => (await import("./resolvers/modelscope.ts")).modelscope,
  },
  {
    id: "swh",
    syntax: "swh:1:dir:<hash>, swh:1:rev:<hash>, swh:1:cnt:<hash>",
    begins: /^swh:/i,
    host: /^archive\.softwareheritage\.org$/,
    load: async () => (await import("./resolvers/swh.ts")).swh,
  },
  {
    id: "ipfs",
    syntax: "ipfs://<cid>, ipfs://<cid>/path, https://ipfs.io/ipfs/<cid>",
    // Read as text, as its own reader does.
    begins: /^(?:ipfs:|https?:.*[./]ipfs[./])/is,
    load: async () => (await import("./resolvers/ipfs.ts")).ipfs,
  },
  {
    id: "github",
    syntax: "github:owner/name@revision, https://github.com/owner/name (tree, blob, releases)",
    begins: /^(?:github:|pkg:\/*github\/)/i,
    host: /(?:^|\.)(?:github|githubusercontent)\.com$/,
    load: async () => (await import("./resolvers/github.ts")).github,
  },
  {
    id: "gitlab",
    syntax: "gitlab:group/name@revision, https://gitlab.com/group/name (-/tree, -/blob, -/releases)",
    begins: /^(?:gitlab:|pkg:\/*gitlab\/)/i,
    host: /^(?:www\.)?gitlab\./,
    page: /\/(?:-|%2d)\//i,
    load: async () => (await import("./resolvers/gitlab.ts")).gitlab,
  },
  {
    id: "forgejo",
    syntax: "codeberg:owner/name@revision, https://codeberg.org/owner/name (src/branch, src/tag, src/commit, releases)",
    begins: /^(?:codeberg:|pkg:\/*codeberg\/)/i,
    host: /^(?:www\.)?(?:codeberg\.org|gitea\.com)$/,
    page: /\/src\/|%/,
    load: async () => (await import("./resolvers/forgejo.ts")).forgejo,
  },
  {
    id: "git",
    takesEndpoint: false,
    syntax: "git+https://host/name.git@revision, git+ssh://git@host/name.git, git+file:./name",
    begins: /^git\+/i,
    load: async () => (await import("./resolvers/git.ts")).git,
  },
  {
    id: "oci",
    syntax:
      "oci://registry/repository:tag, oci://registry/repository@sha256:..., pkg:oci/name@sha256:..., ollama:name:tag",
    begins: /^(?:oci:|ollama:|pkg:\/*oci\/)/i,
    host: /^(?:www\.)?(?:ollama\.com|hub\.docker\.com|quay\.io)$/,
    load: async () => (await import("./resolvers/oci.ts")).oci,
  },
  {
    id: "s3",
    syntax: "s3://bucket/key, s3://bucket/prefix/, https://bucket.s3.region.amazonaws.com/key",
    begins: /^s3:/i,
    host: /\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|console\.aws\.amazon\.com)$/,
    load: async () => (await import("./resolvers/s3.ts")).s3,
  },
  {
    id: "gs",
    syntax: "gs://bucket/object, gs://bucket/prefix/, https://storage.googleapis.com/bucket/object",
    begins: /^gs:/i,
    host: /(?:^|\.)(?:storage\.googleapis\.com|storage\.cloud\.google\.com|console\.cloud\.google\.com)$/,
    load: async () => (await import("./resolvers/gs.ts")).gs,
  },
  {
    id: "azure",
    syntax: "az://account/container/path, https://account.blob.core.windows.net/container/path",
    begins: /^(?:az|abfss?|wasbs?):/i,
    host: /\.(?:core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|storage\.azure\.net)$/,
    load: async () => (await import("./resolvers/azure.ts")).azure,
  },
  {
    id: "zenodo",
    syntax: "zenodo:1234567, https://zenodo.org/records/1234567, doi:10.5281/zenodo.1234567",
    begins: /^(?:zenodo|doi):/i,
    host: /(?:^|\.)(?:zenodo\.org|doi\.org)$/,
    load: async () => (await import("./resolvers/zenodo.ts")).zenodo,
  },
  {
    id: "figshare",
    syntax:
      "figshare:1434614.v2, https://figshare.com/articles/dataset/title/1434614/2, doi:10.6084/m9.figshare.1434614.v2",
    begins: /^(?:figshare|doi):/i,
    host: /(?:^|\.)(?:figshare\.com|doi\.org)$/,
    load: async () => (await import("./resolvers/figshare.ts")).figshare,
  },
  {
    id: "osf",
    syntax: "osf:abcde, https://osf.io/abcde/, https://osf.io/abcde/files/osfstorage",
    begins: /^(?:osf|doi):/i,
    host: /(?:^|\.)(?:osf\.io|doi\.org)$/,
    load: async () => (await import("./resolvers/osf.ts")).osf,
  },
  {
    id: "arxiv",
    syntax: "arxiv:2401.00001v2, https://arxiv.org/abs/2401.00001v2, doi:10.48550/arXiv.2401.00001",
    begins: /^(?:arxiv|doi):/i,
    host: /(?:^|\.)(?:arxiv\.org|doi\.org)$/,
    load: async () => (await import("./resolvers/arxiv.ts")).arxiv,
  },
  {
    id: "dataverse",
    syntax: "dataverse:host/doi:10.x/y?version=1.0, https://host/dataset.xhtml?persistentId=doi:10.x/y&version=1.0",
    begins: /^dataverse:/i,
    page: /^\/+(?:dataset\.xhtml|file\.xhtml|citation)\/*$|%/,
    load: async () => (await import("./resolvers/dataverse.ts")).dataverse,
  },
  {
    id: "doi",
    syntax: "doi:10.x/y, https://doi.org/10.x/y",
    begins: /^doi:/i,
    host: /(?:^|\.)doi\.org$/,
    load: async () => (await import("./resolvers/doi.ts")).doi,
  },
  {
    id: "https",
    takesEndpoint: false,
    syntax: "https://host/file, https://host/folder/",
    begins: /^https?:/i,
    load: async () => (await import("./resolvers/https.ts")).https,
  },
  {
    id: "file",
    takesEndpoint: false,
    syntax: "./path, path, /path, file:///path",
    begins: /^(?!https?:)/i,
    load: async () => (await import("./resolvers/file.ts")).file,
  },
];
