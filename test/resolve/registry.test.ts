import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { resolverKinds } from "../../src/resolve/kinds.ts";
import {
  findResolver,
  findResolvers,
  kindsThatMayRead,
  supportedKinds,
  supportedSyntax,
} from "../../src/resolve/registry.ts";

const folder = resolve(import.meta.dirname, "../../src/resolve/resolvers");
const ids = resolverKinds.map(({ id }) => id);
const resolvers = await Promise.all(resolverKinds.map(({ load }) => load()));

test("the folder holds one file per resolver, named by its id", () => {
  const files = readdirSync(folder).map((name) => name.replace(/\.ts$/, ""));
  expect([...ids].sort()).toEqual(files.sort());
});

test("each row of the list loads the resolver of its id", () => {
  expect(resolvers.map(({ id }) => id)).toEqual(ids);
});

test("ids are unique and fit for ever", () => {
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
});

const owners: readonly (readonly [uri: string, id: string | undefined])[] = [
  ["./data", "file"],
  ["data", "file"],
  ["owner/name", "file"],
  ["file:///data", "file"],
  ["https://example.org/a", "https"],
  ["http://example.org/a/", "https"],
  ["pkg:npm/a@1.0.0", "npm"],
  ["pkg:npm/%40a/b@1.0.0", "npm"],
  ["zenodo:1234567", "zenodo"],
  ["https://zenodo.org/records/1234567", "zenodo"],
  ["https://doi.org/10.5281/zenodo.1234567", "zenodo"],
  ["https://zenodo.org/search?q=a", "https"],
  ["figshare:1434614.v2", "figshare"],
  ["https://figshare.com/articles/dataset/title/1434614/2", "figshare"],
  ["doi:10.6084/m9.figshare.1434614", "figshare"],
  ["doi:10.6084/m9.figshare.c.1434614", "doi"],
  ["dataverse:demo.dataverse.org/doi:10.70122/FK2/N2XGBJ", "dataverse"],
  ["https://demo.dataverse.org/dataset.xhtml?persistentId=doi:10.70122/FK2/N2XGBJ", "dataverse"],
  ["https://demo.dataverse.org/api/access/datafile/42", "https"],
  ["osf:abcde", "osf"],
  ["https://osf.io/abcde/", "osf"],
  ["https://doi.org/10.17605/OSF.IO/ABCDE", "osf"],
  ["https://osf.io/search", "https"],
  ["arxiv:2401.00001v2", "arxiv"],
  ["https://arxiv.org/pdf/hep-th/9901001v1.pdf", "arxiv"],
  ["https://arxiv.org/list/cs.LG/recent", "https"],
  ["doi:10.7910/DVN/N2XGBJ", "doi"],
  ["https://dx.doi.org/10.1000/182", "doi"],
  ["doi:11.1000/182", undefined],
  ["pkg:pypi/a@1.0.0", "pypi"],
  ["pkg:pypi/a", "pypi"],
  ["pkg:pypi/a/b@1.0.0", undefined],
  ["pkg:pypi/a@1.0.0?repository_url=https://example.org", undefined],
  ["https://pypi.org/project/a/1.0.0/", "pypi"],
  ["https://pypi.org/project/a/#files", "pypi"],
  ["https://pypi.org/search/", "https"],
  ["https://pypi.org.example.org/project/a/", "https"],
  ["swh:1:dir:94a9ed024d3859793618152ea559a168bbcbb5e2", "swh"],
  ["https://archive.softwareheritage.org/swh:1:dir:94a9ed024d3859793618152ea559a168bbcbb5e2", "swh"],
  ["https://archive.softwareheritage.org/api/1/", "https"],
  ["ipfs://bafybeicx6y3ajecdkkpiktdtsqoelcjwtnvqnh64zoa7mdfpbthe4q376y/a", "ipfs"],
  ["https://ipfs.io/ipfs/bafybeicx6y3ajecdkkpiktdtsqoelcjwtnvqnh64zoa7mdfpbthe4q376y", "ipfs"],
  ["https://example.org/ipfs/bafybeicx6y3ajecdkkpiktdtsqoelcjwtnvqnh64zoa7mdfpbthe4q376y", "https"],
  ["ipns://example.org", undefined],
  ["swh:2:dir:94a9ed024d3859793618152ea559a168bbcbb5e2", undefined],
  ["git+https://example.org/a.git", "git"],
  ["git+ssh://git@example.org/a.git@v1", "git"],
  ["git+file:./a#main", "git"],
  ["git+https://token@example.org/a.git", undefined],
  ["git@example.org:a/b", undefined],
  ["kaggle:datasets/owner/name@3", "kaggle"],
  ["https://www.kaggle.com/datasets/owner/name", "kaggle"],
  ["https://www.kaggle.com/models/owner/name/pyTorch/base/1", "kaggle"],
  ["https://www.kaggle.com/competitions/name", "https"],
  ["modelscope:owner/name", "modelscope"],
  ["https://modelscope.cn/models/owner/name/summary", "modelscope"],
  ["https://www.modelscope.cn/datasets/owner/name/file/view/master/a.csv", "modelscope"],
  ["github:owner/name#v1", "github"],
  ["pkg:github/owner/name@v1", "github"],
  ["https://github.com/owner/name/tree/main/data", "github"],
  ["https://github.com/owner/name/releases/download/v1/a.bin", "github"],
  ["https://raw.githubusercontent.com/owner/name/main/a", "github"],
  ["https://github.com/owner/name/issues/1", "https"],
  ["gitlab:group/sub/name", "gitlab"],
  ["https://gitlab.com/group/sub/name/-/blob/main/a", "gitlab"],
  ["https://git.example.org/group/name/-/tree/main", "gitlab"],
  ["codeberg:owner/name", "forgejo"],
  ["https://codeberg.org/owner/name/src/branch/main", "forgejo"],
  ["https://git.example.org/owner/name/src/commit/0123456789abcdef0123456789abcdef01234567", "forgejo"],
  ["https://git.example.org/owner/name", "https"],
  ["hf://owner/name", "huggingface"],
  ["hf:datasets/owner/name@main/a.csv", "huggingface"],
  ["hf://buckets/owner/name", undefined],
  ["pkg:huggingface/owner/name@main", "huggingface"],
  ["https://huggingface.co/owner/name/blob/main/a.bin", "huggingface"],
  ["https://huggingface.co/docs/hub", "https"],
  ["oci://ghcr.io/owner/name:v1", "oci"],
  ["oci://localhost:5000/a@sha256:zz", undefined],
  ["oci:///a:v1", undefined],
  [`pkg:oci/name@sha256%3A${"0".repeat(64)}?repository_url=ghcr.io/owner/name`, "oci"],
  ["pkg:oci/name@v1", undefined],
  ["ollama:llama3.2:1b", "oci"],
  ["https://ollama.com/library/llama3.2:1b", "oci"],
  ["https://ollama.com/blog/news", "https"],
  ["https://hub.docker.com/r/owner/name", "oci"],
  ["s3://bucket/key", "s3"],
  ["https://bucket.s3.eu-west-1.amazonaws.com/key", "s3"],
  ["https://bucket.s3.amazonaws.com/key?X-Amz-Signature=0", "https"],
  ["gs://bucket/object", "gs"],
  ["https://storage.googleapis.com/bucket/object", "gs"],
  ["https://storage.cloud.google.com/bucket/object", "gs"],
  ["https://storage.googleapis.com/bucket/object?X-Goog-Signature=0", "https"],
  ["https://storage.googleapis.com/storage/v1/b/bucket/o", "https"],
  ["az://account/container/path", "azure"],
  ["abfss://container@account.dfs.core.windows.net/path", "azure"],
  ["https://account.blob.core.windows.net/container/path?sv=1&sig=x", "azure"],
  ["https://account.blob.core.windows.net/container/path?snapshot=1", "https"],
  ["data:,hello", undefined],
  ["javascript:alert(1)", undefined],
  ["ext::sh -c id", undefined],
  ["C:\\data", undefined],
  ["//example.org/a", undefined],
  ["", undefined],
];

test.each(owners)("%s belongs to %s", async (uri, id) => {
  expect((await findResolver({ uri }))?.resolver.id).toBe(id);
});

/** The same places as their readers also take them: what URL readers make of a text is what counts. */
const spellings: readonly string[] = [
  "HTTPS://GitHub.com/owner/name",
  "https://www.github.com/owner/name",
  "https://git\u00adhub.com/owner/name",
  "https://gith\uff55b.com/owner/name",
  "https://github%2ecom/owner/name",
  "https://media.githubusercontent.com/media/owner/name/main/a",
  "https://codeload.github.com/owner/name/tar.gz/main",
  "pkg://github/owner/name@v1",
  "pkg:GITLAB/group/name@v1",
  "https://www.gitlab.example.org/group/name/tree/main",
  "https://git.example.org/group/name/%2D/tree/main",
  "https://git.example.org/group/name/x/../-/tree/main",
  "https://git.example.org/owner/name//%73rc/branch/main",
  "https://git.example.org/owner/name/src/x/../branch/main",
  "https://gitea.com/owner/name",
  "https://www.codeberg.org/owner/name",
  "https://demo.dataverse.org/%64ataset.xhtml?persistentId=doi:10.70122/FK2/N2XGBJ",
  "https://demo.dataverse.org//citation/?persistentId=doi:10.70122/FK2/N2XGBJ",
  "https://demo.dataverse.org/x/../file.xhtml?fileId=1",
  "http://www.dx.doi.org/10.5281/zenodo.1234567",
  "https://www.doi.org/10.48550/arXiv.2401.00001",
  "https://institution.figshare.com/articles/title/1434614",
  "https://export.arxiv.org/abs/2401.00001",
  "https://dweb.link/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKxq7X?filename=a",
  "https://bafybeicx6y3ajecdkkpiktdtsqoelcjwtnvqnh64zoa7mdfpbthe4q376y.ipfs.dweb.link/a",
  "IPFS://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKxq7X",
  "https://ARCHIVE.softwareheritage.org/browse/directory/94a9ed024d3859793618152ea559a168bbcbb5e2/",
  "https://hf.co/owner/name",
  "https://www.huggingface.co/owner/name",
  "pkg:huggingface/owner/name",
  "https://modelscope.ai/models/owner/name",
  "http://pypi.org/project/a",
  "https://www.hub.docker.com/_/name",
  "https://quay.io/repository/owner/name?tag=v1",
  "https://s3.eu-west-1.amazonaws.com/bucket/key",
  "https://s3.cn-north-1.amazonaws.com.cn/bucket/key",
  "https://s3.console.aws.amazon.com/s3/object/bucket?prefix=key",
  "https://eu-west-1.console.aws.amazon.com/s3/buckets/bucket",
  "https://bucket.storage.googleapis.com/object",
  "https://console.cloud.google.com/storage/browser/bucket/folder",
  "wasbs://container@account.blob.core.windows.net/path",
  "https://account.z12.blob.storage.azure.net/container/path",
  "https://account.dfs.core.usgovcloudapi.net/container/path",
];

test.each(spellings)("%s is read by somebody for whom it was meant", async (uri) => {
  const found = await findResolver({ uri });
  expect(["https", "file", undefined]).not.toContain(found?.resolver.id);
});

test.each([...owners.map(([uri]) => uri), ...spellings])("whoever would read %s is shown it", (uri) => {
  const shown = kindsThatMayRead(uri).map(({ id }) => id);
  const readers = resolvers.filter((resolver) => resolver.parse({ uri }) !== undefined).map(({ id }) => id);
  expect(shown).toEqual(expect.arrayContaining(readers));
});

test("no other code is loaded than that of the kinds that a text looks like", () => {
  const shown = (uri: string): readonly string[] => kindsThatMayRead(uri).map(({ id }) => id);
  expect(shown("./data")).toEqual(["file"]);
  expect(shown("pkg:npm/a@1.0.0")).toEqual(["npm", "file"]);
  expect(shown("https://example.org/a.bin")).toEqual(["https"]);
  expect(shown("hf:owner/name")).toEqual(["huggingface", "file"]);
});

test("those who can not wait have what they announced, and nothing else", async () => {
  const location = { uri: "./data" };
  const find = await findResolvers([location]);
  expect(find(location)?.resolver.id).toBe("file");
  expect(() => find({ uri: "./data" })).toThrow();
});

test("the message of what is supported names every resolver's syntax", () => {
  for (const { syntax, id } of resolverKinds) {
    expect(supportedSyntax()).toContain(syntax);
    expect(supportedKinds()).toContain(id);
  }
});

test.each([
  ["swh:1:cnt:00", [/^swh:/]],
  ["pkg:npm/iris@^1", [/^pkg:npm/]],
  ["pkg:cargo/serde@1.0.0", [/^pkg:npm/, /^pkg:pypi/, /^hf:/, /^oci:/]],
  ["git+http://user:word@example.org/x.git", [/^git\+https:/]],
  ["git@example.org:a/b.git", [/^git\+https:/]],
  ["OCI://registry.example.org/a@sha256:00", [/^oci:/]],
])("whoever writes %s is told how its kind is written", async (uri, expected) => {
  expect(await findResolver({ uri })).toBeUndefined();
  expect(supportedSyntax(uri)).toEqual(expected.map((form) => expect.stringMatching(form)));
});

test("an unknown scheme is told all kinds", () => {
  expect(supportedSyntax("ftp://example.org/x")).toEqual(supportedSyntax());
});
