import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Http } from "../../src/io/http.ts";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";
import { resolvers } from "../../src/resolve/registry.ts";
import { needVerdaccio, type Registry, startVerdaccio } from "../services/verdaccio.ts";
import { conformance, noHttp, type World } from "./conformance.ts";
import { loopbackHttp, startWebServer, type WebServer } from "./web-server.ts";

const signal = new AbortController().signal;
const noSetting = async () => undefined;

/** How each resolver's world is built. */
const rows: {
  readonly [id: string]: {
    readonly asksHost: boolean;
    readonly readsJson: boolean;
    readonly suite?: ReturnType<typeof needVerdaccio>;
    open(): Promise<World & { close(): Promise<void> }>;
  };
} = {
  file: {
    asksHost: false,
    readsJson: false,
    async open() {
      const baseFolder = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
      for (const name of ["b", "a b", "caf\u00e9"]) writeFileSync(join(baseFolder, name), name);
      return {
        location: { uri: "." },
        context: { http: noHttp, signal, baseFolder, allowOutside: false, setting: noSetting },
        close: async () => rmSync(baseFolder, { recursive: true }),
      };
    },
  },
  https: {
    asksHost: true,
    readsJson: false,
    async open() {
      const server: WebServer = await startWebServer((_request, response) => response.end("data"));
      const http: Http = loopbackHttp();
      return {
        location: { uri: `${server.url}/data%20set.csv` },
        context: { http, signal, allowOutside: false, setting: noSetting },
        close: async () => {
          await http.close();
          await server.close();
        },
      };
    },
  },
  npm: {
    asksHost: true,
    readsJson: true,
    suite: needVerdaccio(),
    async open() {
      const registry: Registry = await startVerdaccio();
      registry.publish({ name: "@private/data", version: "1.2.3", license: "MIT" }, { "data/a.csv": "a" });
      const home = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
      const token = `${new URL(registry.url).host}/:_authToken=${registry.token}`;
      writeFileSync(join(home, ".npmrc"), `registry=${registry.url}\n//${token}\n`);
      const env = { HOME: home, npm_config_globalconfig: join(home, "none") };
      const http = loopbackHttp();
      return {
        location: { uri: "pkg:npm/@private/data@1.2.3" },
        context: { http, signal, allowOutside: false, setting: createSettings({ cwd: home, env, run }) },
        secret: { value: registry.token, below: registry.url },
        close: async () => {
          await http.close();
          await registry.close();
          rmSync(home, { recursive: true });
        },
      };
    },
  },
};

test("every resolver has its row here", () => {
  expect(Object.keys(rows).sort()).toEqual(resolvers.map(({ id }) => id).sort());
});

for (const resolver of resolvers) {
  const row = rows[resolver.id];
  if (row === undefined) continue;
  const suite = row.suite ?? describe;
  suite(resolver.id, () => {
    let world: (World & { close(): Promise<void> }) | undefined;
    beforeAll(async () => {
      world = await row.open();
    }, 60_000);
    afterAll(() => world?.close());
    const opened = (): World => {
      if (world === undefined) throw new Error("no world");
      return world;
    };
    conformance(resolver, opened, row);
  });
}
