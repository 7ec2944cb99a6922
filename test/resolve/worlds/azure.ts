import { account, startAzure } from "../../services/azure.ts";
import { needCloud } from "../../services/cloud.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  suite: needCloud(),
  async open() {
    const server = await startAzure({ data: { access: "nothing", blobs: { "a/b c.csv": "data" } } });
    const http = loopbackHttp({ allowPrivate: false });
    return {
      location: { uri: `az://${account}/data/a/b c.csv` },
      context: contextFor(http, {
        endpoint: (id) => (id === "azure" ? server.url : undefined),
        setting: async (name) => (name === `azure.sas:${account}` ? server.sas : undefined),
      }),
      secret: { value: /sig=([^&]+)/.exec(server.sas)?.[1] ?? "none", below: server.url },
      close: async () => {
        await http.close();
        await server.close();
      },
    };
  },
};
