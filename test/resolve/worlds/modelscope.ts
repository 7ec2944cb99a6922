import { tmpdir } from "node:os";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import { startModelscope } from "../../services/modelscope.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  async open() {
    const files = { "README.md": "card\n", "a/b c.bin": "weights" };
    const server = await startModelscope([{ kind: "models", name: "o/m", files, private: true }]);
    const http = loopbackHttp();
    const setting = createSettings({ cwd: tmpdir(), env: { MODELSCOPE_API_TOKEN: server.token }, run });
    return {
      location: { uri: "modelscope:o/m@0123456789abcdef0123456789abcdef01234567" },
      context: contextFor(http, { setting, endpoint: (id) => (id === "modelscope" ? server.url : undefined) }),
      secret: { value: server.token, below: server.url },
      close: async () => {
        await http.close();
        await server.close();
      },
    };
  },
};
