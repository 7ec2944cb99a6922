import type { HostSign, Refusal } from "../model/evidence.ts";
import { redactUrl } from "../model/redact.ts";
import type { Git } from "./git-program.ts";
import { entryAt, treeEntries } from "./git-tree.ts";

/** Other repositories that are told one by one; a tree can refer to any number. */
const modulesMax = 100;
/** Bytes of what git reads out of the file that names them. */
const modulesMaxBytes = 1024 * 1024;

/**
 * The other repositories that a tree refers to, below the path that was chosen. Every one is told with the commit that
 * it is wanted at; where it is, the repository's own list may tell.
 */
export async function findModules(
  git: Git,
  root: string,
  { tree, prefix }: { readonly tree: string; readonly prefix: string },
): Promise<readonly HostSign[] | Refusal> {
  const modules: { path: string; id: string }[] = [];
  let count = 0;
  for await (const entry of treeEntries(git, tree)) {
    if ("status" in entry) return entry;
    if (entry.mode !== "160000") continue;
    count += 1;
    if (modules.length < modulesMax) modules.push({ path: entry.shown, id: entry.id });
  }
  if (count === 0) return [];
  const urls = await moduleUrls(git, root);
  const signs = modules.map(({ path, id }): HostSign => {
    const url = urls.get(prefix + path);
    const where = url === undefined ? "a repository that is not named" : `\`${url}\``;
    return { code: "submodule", at: path, detail: `commit \`${id}\` of ${where}` };
  });
  const more = count - modules.length;
  return more === 0 ? signs : [...signs, { code: "submodule", at: "...", detail: `and \`${more}\` more repositories` }];
}

/** The repository's own list: path to address. Empty where there is none, or none that can be read. */
async function moduleUrls(git: Git, root: string): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  const settings = await configAt(git, root, ".gitmodules", ["--get-regexp", "^submodule\\..*\\.(path|url)$"]);
  const sections = new Map<string, { path?: string; url?: string }>();
  for (const setting of settings) {
    const end = setting.indexOf("\n");
    const [key, value] = [setting.slice(0, end), setting.slice(end + 1)];
    const name = key.slice(0, key.lastIndexOf("."));
    const section = sections.get(name) ?? {};
    sections.set(name, key.endsWith(".path") ? { ...section, path: value } : { ...section, url: value });
  }
  for (const { path, url } of sections.values()) {
    if (path !== undefined && url !== undefined) urls.set(path, redactUrl(url).slice(0, 300));
  }
  return urls;
}

/** The address of the server of large files that the repository itself names, if it names one. */
export async function lfsAddress(git: Git, root: string): Promise<string | undefined> {
  const [address] = await configAt(git, root, ".lfsconfig", ["--get", "lfs.url"]);
  return address;
}

/** Values that a file at the tree's root holds, in git's own form of settings. Nothing that it says is followed. */
async function configAt(git: Git, root: string, name: string, question: readonly string[]): Promise<string[]> {
  const entry = await entryAt(git, root, name);
  if (entry === undefined || "status" in entry || entry.type !== "blob" || entry.mode === "120000") return [];
  const answer = await git.local(["config", "--no-includes", "-z", `--blob=${entry.id}`, ...question], {
    maxBytes: modulesMaxBytes,
  });
  return answer.status === "done" ? answer.text.split("\0").filter((value) => value !== "") : [];
}
