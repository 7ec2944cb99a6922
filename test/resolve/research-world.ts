/** A world of the conformance suite at the stand-ins for research repositories, with a credential where one is taken. */
import { type ResearchWorld, startResearchHosts } from "../services/research-hosts.ts";
import type { World, WorldRow } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

/** How a research repository's world is opened. `secret`: the setting that the credential is asked for by. */
export function researchRow(
  uri: string,
  world: ResearchWorld,
  more: Partial<WorldRow> & { readonly secret?: (origin: string) => string } = {},
): WorldRow {
  const { secret: settingOf, ...row } = more;
  return {
    asksHost: true,
    readsJson: true,
    ...row,
    async open() {
      const hosts = await startResearchHosts(world);
      const http = loopbackHttp();
      const setting = async (name: string) => (name === settingOf?.(hosts.url) ? hosts.token : undefined);
      const secret: Pick<World, "secret"> =
        settingOf === undefined ? {} : { secret: { value: hosts.token, below: `${hosts.url}/` } };
      return {
        location: { uri },
        context: contextFor(http, { endpoint: hosts.endpoint, setting }),
        ...secret,
        close: async () => {
          await http.close();
          await hosts.close();
        },
      };
    },
  };
}
