import { startS3 } from "../../services/s3.ts";
import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

const keys = { accessKeyId: "AKIATEST", secretAccessKey: "a-secret-of-the-conformance-suite" };

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  async open() {
    const bytes = new TextEncoder().encode("data");
    const objects = { "a/b c.csv": [{ id: "v1", bytes }] };
    const server = await startS3({ keys, buckets: { data: { anonymous: "nothing", objects } } });
    const http = loopbackHttp({ allowPrivate: false });
    const settings: { readonly [name: string]: string } = {
      "s3.accessKeyId": keys.accessKeyId,
      "s3.secretAccessKey": keys.secretAccessKey,
    };
    return {
      location: { uri: "s3://data/a/b c.csv", revision: "v1" },
      context: contextFor(http, {
        endpoint: (id) => (id === "s3" ? server.url : undefined),
        setting: async (name) => settings[name],
      }),
      secret: { value: keys.secretAccessKey, below: server.url },
      close: async () => {
        await http.close();
        await server.close();
      },
    };
  },
};
