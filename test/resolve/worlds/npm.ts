import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { needVerdaccio, startVerdaccio } from "../../services/verdaccio.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  suite: needVerdaccio(),
  async open() {
    const registry = await startVerdaccio();
    registry.publish({ name: "@private/data", version: "1.2.3", license: "MIT" }, { "data/a.csv": "a" });
    const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    const token = `${new URL(registry.url).host}/:_authToken=${registry.token}`;
    writeFileSync(join(home, ".npmrc"), `registry=${registry.url}\n//${token}\n`);
    const env = { HOME: home, npm_config_globalconfig: join(home, "none") };
    const http = loopbackHttp();
    return {
      location: { uri: "pkg:npm/@private/data@1.2.3" },
      context: contextFor(http, { setting: createSettings({ cwd: home, env, run }) }),
      secret: { value: registry.token, below: registry.url },
      close: async () => {
        await http.close();
        await registry.close();
        rmSync(home, { recursive: true });
      },
    };
  },
};
