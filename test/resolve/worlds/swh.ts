import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { need } from "../../services/need.ts";
import { startSwh } from "../../services/swh.ts";
import { makeRepository } from "../../services/swh-repository.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  suite: need("git"),
  async open() {
    const repository = makeRepository();
    const server = await startSwh(repository.folder);
    const http = loopbackHttp();
    const token = "a-token-of-the-archive";
    const setting = createSettings({ cwd: repository.folder, env: { SWH_TOKEN: token }, run });
    return {
      location: { uri: `swh:1:rev:${repository.git("rev-parse", "main")}` },
      context: contextFor(http, { setting, endpoint: (id) => (id === "swh" ? server.url : undefined) }),
      secret: { value: token, below: server.url },
      close: async () => {
        await http.close();
        await server.close();
        repository.close();
      },
    };
  },
};
