import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { needPypi, startHtmlIndex } from "../../services/pypi-index.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

const password = "a-password/of the test";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  suite: needPypi(),
  async open() {
    const index = await startHtmlIndex([{ name: "demo-data", version: "1.0", files: { "data/a.csv": "a" } }], password);
    const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    const { host } = new URL(index.url);
    const pair = `tester:${encodeURIComponent(password)}`;
    writeFileSync(join(home, "pip.conf"), `[global]\nindex-url = http://${pair}@${host}/simple\n`);
    const env = { HOME: home, PIP_CONFIG_FILE: join(home, "pip.conf"), XDG_CONFIG_DIRS: home };
    const http = loopbackHttp();
    const secret = Buffer.from(`tester:${password}`).toString("base64");
    return {
      location: { uri: "pkg:pypi/Demo.Data@1.0" },
      context: contextFor(http, { setting: createSettings({ cwd: home, env, run }) }),
      secret: { value: secret, below: `http://${host}/` },
      close: async () => {
        await http.close();
        await index.close();
        rmSync(home, { recursive: true });
      },
    };
  },
};
