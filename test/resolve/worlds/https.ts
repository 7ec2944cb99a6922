import type { WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  async open() {
    const server = await startWebServer((_request, response) => response.end("data"));
    const http = loopbackHttp();
    return {
      location: { uri: `${server.url}/data%20set.csv` },
      context: contextFor(http),
      close: async () => {
        await http.close();
        await server.close();
      },
    };
  },
};
