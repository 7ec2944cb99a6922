import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { commitAll, createRepository, needGitServer, privateLogin, startGitServer } from "../../services/git.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  bringsFiles: true,
  suite: needGitServer(),
  async open() {
    const server = await startGitServer();
    const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    const repository = createRepository(join(home, "repository"));
    for (const name of ["b", "a b", "caf\u00e9"]) writeFileSync(join(repository, name), name);
    const commit = commitAll(repository);
    server.publish(repository, "data.git");
    const { login, password } = privateLogin;
    writeFileSync(join(home, ".netrc"), `machine 127.0.0.1 login ${login} password ${password}\n`);
    const http = loopbackHttp();
    const env = { HOME: home, PATH: process.env.PATH };
    return {
      location: { uri: `git+${server.at.private}/data.git@${commit}` },
      context: contextFor(http, { setting: createSettings({ cwd: home, env, run }) }),
      secret: {
        value: Buffer.from(`${login}:${password}`).toString("base64"),
        below: `${server.at.private}/`,
      },
      close: async () => {
        await server.close();
        await http.close();
        rmSync(home, { recursive: true });
      },
    };
  },
};
