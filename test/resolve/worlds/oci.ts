import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { need } from "../../services/need.ts";
import { startRegistry } from "../../services/registry.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

/** A ModelPack behind a login. */
export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  suite: need("docker-registry", "htpasswd"),
  async open() {
    const user = { name: "tester", password: "a-password-of-the-test" };
    const registry = await startRegistry({ user });
    await registry.push("models/tiny", "v1", {
      artifactType: "application/vnd.cncf.model.manifest.v1+json",
      config: {
        mediaType: "application/vnd.cncf.model.config.v1+json",
        bytes: JSON.stringify({ descriptor: { licenses: ["MIT"] }, modelfs: { type: "layers", diffIds: [] } }),
      },
      layers: [
        {
          mediaType: "application/vnd.cncf.model.weight.v1.raw",
          bytes: "weights",
          annotations: { "org.cncf.model.filepath": "weights/model.bin" },
        },
        { mediaType: "application/vnd.cncf.model.doc.v1.tar", bytes: Buffer.alloc(1024) },
      ],
    });
    const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    const auth = Buffer.from(`${user.name}:${user.password}`).toString("base64");
    writeFileSync(join(home, "auth.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const http = loopbackHttp();
    const env = { HOME: home, REGISTRY_AUTH_FILE: join(home, "auth.json") };
    return {
      location: { uri: "oci://registry.test/models/tiny:v1" },
      context: contextFor(http, {
        setting: createSettings({ cwd: home, env, run }),
        endpoint: (id) => (id === "oci" ? registry.url : undefined),
      }),
      secret: { value: auth, below: registry.url },
      close: async () => {
        await http.close();
        await registry.close();
        rmSync(home, { recursive: true });
      },
    };
  },
};
