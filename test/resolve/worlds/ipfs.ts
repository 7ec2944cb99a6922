import { startGateway } from "../../services/gateway.ts";
import { importFiles } from "../../services/gateway-content.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  bringsFiles: true,
  async open() {
    const gateway = await startGateway();
    const root = await importFiles(gateway, { "a b": "1", "data/caf\u00e9": "2", empty: "" });
    const http = loopbackHttp();
    return {
      location: { uri: `ipfs://${root}` },
      context: contextFor(http, { endpoint: (id) => (id === "ipfs" ? gateway.url : undefined) }),
      close: async () => {
        await http.close();
        await gateway.close();
      },
    };
  },
};
