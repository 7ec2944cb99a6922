import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";
import type { Resolution } from "../../src/resolve/resolver.ts";
import { git as resolver } from "../../src/resolve/resolvers/git.ts";
import { commitAll, createRepository } from "../services/git.ts";
import { needSshServer, type SshServer, startSsh } from "../services/ssh.ts";
import { collect, noHttp } from "./conformance.ts";
import { contextFor } from "./context.ts";

let base: string;
let commit: string;
let server: SshServer;

async function resolve(uri: string, home: string): Promise<Resolution> {
  const ref = resolver.parse({ uri });
  if (ref === undefined) throw new Error("not read");
  const setting = createSettings({ cwd: base, env: { HOME: home, PATH: process.env.PATH }, run });
  return resolver.resolve(ref, contextFor(noHttp, { setting }));
}

needSshServer()("git over ssh", () => {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "wholesource-ssh-test-"));
    const work = createRepository(join(base, "work"));
    await writeFile(join(work, "a"), "a");
    commit = commitAll(work);
    server = await startSsh();
  });
  afterAll(async () => {
    await server.close();
    await rm(base, { recursive: true, force: true });
  });
  const address = (path: string): string => `git+ssh://${server.user}@127.0.0.1:${server.port}${path}`;

  test("a commit is brought with the user's own key, from a host that the user knows", async () => {
    const resolution = await resolve(`${address(join(base, "work"))}@${commit}`, server.home);
    expect(resolution).toMatchObject({ status: "found", pinned: true, revision: commit });
    if (resolution.status !== "found" || resolution.objects === undefined) throw new Error("not found");
    expect(await collect(resolution.objects)).toMatchObject([{ path: "a", size: 1 }]);
  });

  test("a repository that is not there", async () => {
    expect(await resolve(address(join(base, "none")), server.home)).toMatchObject({
      status: "refused",
      kind: "absent",
    });
  });

  test("a host that nobody knows is not trusted, and a stranger is not let in", async () => {
    const stranger = join(base, "stranger");
    await mkdir(join(stranger, ".ssh"), { recursive: true });
    const unknown = await resolve(address(join(base, "work")), stranger);
    expect(unknown).toMatchObject({ kind: "unreachable", reason: "tls" });
    const keyless = join(base, "keyless");
    await mkdir(join(keyless, ".ssh"), { recursive: true });
    await copyFile(join(server.home, ".ssh/known_hosts"), join(keyless, ".ssh/known_hosts"));
    const refused = await resolve(address(join(base, "work")), keyless);
    expect(refused).toMatchObject({ kind: "denied", reason: "authentication-required" });
  });
});
