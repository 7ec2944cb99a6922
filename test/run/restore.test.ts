/** What an archive has is laid out again, and the restored release says of itself what the first one said. */
import { chmod, readFile, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { restore } from "../../src/run/restore.ts";
import { commitAll, createRepository, git } from "../services/git.ts";
import { need } from "../services/need.ts";
import { comparable } from "./archive-report.ts";
import { archived, filesBelow, smallRelease } from "./archive-small.ts";
import { check, entry, folder, safetensors, sha256, write, writeManifest } from "./release.ts";

const signal = new AbortController().signal;

test.each(["bag", "tar.zst", "oci"] as const)("%s: restored local pieces verify as they did", async (form) => {
  const at = await folder();
  const release = join(at, "release");
  const manifest = await smallRelease(release);
  const [to, again] = [join(at, `archive.${form}`), join(at, "again")];
  const { report } = await archived(manifest, to, { form });
  await rm(release, { recursive: true });
  const { files } = await restore(to, again, signal);
  const restored = filesBelow(again);
  expect(restored.size).toBe(files);
  expect(restored.get("weights/model.safetensors")).toEqual(Buffer.from(safetensors()));
  expect(comparable(await check(again))).toEqual(comparable(report));
});

need("git")("a tree", () => {
  test("programs can be run again and links lead where they led: the tree is the same", async () => {
    const at = await folder();
    const release = join(at, "release");
    await write(release, "code/run.sh", "#!/bin/sh\n");
    await chmod(join(release, "code/run.sh"), 0o755);
    await write(release, "code/a/train.py", "print(1)\n");
    await symlink("a/train.py", join(release, "code/main.py"));
    const work = createRepository(join(at, "work"));
    git(work, ["--work-tree", join(release, "code"), "add", "--all"]);
    const gitTree = git(work, ["write-tree"]);
    commitAll(work);
    const piece = { id: "code", kind: "training-code", licenseDeclared: "NOASSERTION", locations: ["./code"] };
    const manifest = await writeManifest(release, [{ ...piece, digest: { gitTree } }]);
    const { report } = await archived(manifest, join(at, "out/bag"));
    expect(report.pieces[0]?.digest.gitTree).toMatchObject({ agreement: "match" });
    const again = join(at, "again");
    await restore(join(at, "out/bag"), again, signal);
    expect((await stat(join(again, "code/run.sh"))).mode & 0o111).not.toBe(0);
    expect(await readFile(join(again, "code/main.py"), "utf8")).toBe("print(1)\n");
    const seen = await check(again);
    expect(seen.pieces[0]?.digest.gitTree).toMatchObject({ agreement: "match" });
  });
});

test("a damaged archive is told, and nothing is laid out", async () => {
  const at = await folder();
  const to = join(at, "out/bag");
  await archived(await smallRelease(join(at, "release")), to);
  await write(to, "data/data/b.csv", "other\n");
  const again = join(at, "again");
  await expect(restore(to, again, signal)).rejects.toMatchObject({ code: "input-unreadable" });
  await expect(stat(again)).rejects.toMatchObject({ code: "ENOENT" });
});

test("what was left where it is, is not laid out", async () => {
  const at = await folder();
  const { startWebServer } = await import("../resolve/web-server.ts");
  const server = await startWebServer((request, response) => {
    if (request.url === "/far.txt") response.end("far away\n");
    else response.writeHead(404).end();
  });
  try {
    const far = {
      id: "far",
      licenseDeclared: "NOASSERTION",
      locations: [`${server.url}/far.txt`],
      digest: { sha256: sha256("far away\n") },
    };
    await write(join(at, "release"), "near/a.txt", "a");
    const near = { id: "near", locations: ["./near"], files: [entry("a.txt", "a")] };
    const manifest = await writeManifest(join(at, "release"), [near, far]);
    const to = join(at, "out/bag");
    await archived(manifest, to, { leave: ["far"] });
    expect(await readFile(join(to, "fetch.txt"), "utf8")).toContain(`${server.url}/far.txt 9 data/far/far.txt`);
    const again = join(at, "again");
    await restore(to, again, signal);
    expect([...filesBelow(again).keys()]).toEqual(["near/a.txt", "wholesource.json"]);
    await expect(archived(manifest, join(at, "out/other"), { leave: ["near"] })).rejects.toMatchObject({
      code: "usage",
    });
  } finally {
    await server.close();
  }
});
