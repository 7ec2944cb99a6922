import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { startHub } from "../../services/hub.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  async open() {
    const files = { "README.md": "card\n", "a/model.bin": { bytes: "weights", lfs: true } } as const;
    const hub = await startHub([{ id: "org/private", files, private: true, gated: "auto" }]);
    const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    writeFileSync(join(home, "token"), `${hub.token}\n`);
    const env = { HF_TOKEN_PATH: join(home, "token"), HF_ENDPOINT: hub.url };
    const http = loopbackHttp();
    return {
      location: { uri: `hf:org/private@${hub.commit("org/private")}` },
      context: contextFor(http, { setting: createSettings({ cwd: home, env, run }) }),
      secret: { value: hub.token, below: `${hub.url}/` },
      close: async () => {
        await http.close();
        await hub.close();
        rmSync(home, { recursive: true });
      },
    };
  },
};
