import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { startKaggle } from "../../services/kaggle.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  async open() {
    const files = { "a.bin": "a", "b/c d.bin": "c", "b/e": "e" };
    const server = await startKaggle([{ name: "o/m/x/base", version: 1, license: "MIT", files, private: true }]);
    const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    const { user, key } = server.login;
    writeFileSync(join(home, "kaggle.json"), JSON.stringify({ username: user, key }));
    const http = loopbackHttp();
    const setting = createSettings({ cwd: home, env: { KAGGLE_CONFIG_DIR: home }, run });
    return {
      location: { uri: "https://www.kaggle.com/models/o/m/x/base/1" },
      context: contextFor(http, { setting, endpoint: (id) => (id === "kaggle" ? server.url : undefined) }),
      secret: { value: Buffer.from(`${user}:${key}`).toString("base64"), below: server.url },
      close: async () => {
        await http.close();
        await server.close();
        rmSync(home, { recursive: true });
      },
    };
  },
};
