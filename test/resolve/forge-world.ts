/** The world that the forges share: one repository behind a login that the user's own file knows. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";
import { commitAll, createRepository, privateLogin, startGitServer } from "../services/git.ts";
import type { World } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

export async function openForgeWorld(
  id: string,
  uri: (commit: string) => string,
): Promise<World & { close(): Promise<void> }> {
  const server = await startGitServer();
  const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
  const repository = createRepository(join(home, "repository"));
  mkdirSync(join(repository, "data"));
  for (const name of ["b", "a b", "caf\u00e9"]) writeFileSync(join(repository, "data", name), name);
  const commit = commitAll(repository);
  server.publish(repository, "o/n.git");
  const { login, password } = privateLogin;
  writeFileSync(join(home, ".netrc"), `machine 127.0.0.1 login ${login} password ${password}\n`);
  const http = loopbackHttp();
  const setting = createSettings({ cwd: home, env: { HOME: home, PATH: process.env.PATH }, run });
  const endpoint = `${server.at.private}/`;
  return {
    location: { uri: uri(commit) },
    context: contextFor(http, { setting, endpoint: (asked) => (asked === id ? endpoint : undefined) }),
    secret: { value: Buffer.from(`${login}:${password}`).toString("base64"), below: endpoint },
    close: async () => {
      await http.close();
      await server.close();
      rmSync(home, { recursive: true });
    },
  };
}
