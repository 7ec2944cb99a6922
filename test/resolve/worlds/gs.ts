import { startGs } from "../../services/gs.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

const token = "a-token-of-the-conformance-suite";

export const world: WorldRow = {
  asksHost: true,
  readsJson: true,
  async open() {
    const bytes = new TextEncoder().encode("data");
    const objects = { "a/b c.csv": [{ bytes, generation: "1700000000000001" }] };
    const server = await startGs({ data: { anonymous: "nothing", objects } }, token);
    const http = loopbackHttp({ allowPrivate: false });
    return {
      location: { uri: "gs://data/a/b c.csv#1700000000000001" },
      context: contextFor(http, {
        endpoint: (id) => (id === "gs" ? server.url : undefined),
        setting: async (name) => (name === "gs.token" ? token : undefined),
      }),
      secret: { value: token, below: server.url },
      close: async () => {
        await http.close();
        await server.close();
      },
    };
  },
};
