/**
 * A host of every kind that takes a secret, each behind something that writes down all that it is sent; and one of every
 * kind that takes none. Which secret belongs to whom is told here.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { startWebServer } from "../resolve/web-server.ts";
import { account, startAzure } from "../services/azure.ts";
import { startForge } from "../services/forge.ts";
import { commitAll, createRepository, privateLogin, startGitServer } from "../services/git.ts";
import { startGs } from "../services/gs.ts";
import { startHub } from "../services/hub.ts";
import { startHtmlIndex } from "../services/pypi-index.ts";
import { startRegistry } from "../services/registry.ts";
import { startResearchHosts } from "../services/research-hosts.ts";
import { startS3 } from "../services/s3.ts";
import { startSwh } from "../services/swh.ts";
import { startVerdaccio } from "../services/verdaccio.ts";

/** A host with what it was sent. */
export interface Listener {
  readonly heard: () => string;
  close(): Promise<void>;
}

export interface Secret {
  readonly name: string;
  readonly value: string;
  /** Who may see it. */
  readonly belongsTo: readonly string[];
  /** The user that it goes with, where both make one header. */
  readonly user?: string;
}

/** A piece of one file, `model.bin`. */
export interface SecretPiece {
  readonly id: string;
  readonly uri: string;
  readonly unpack?: boolean;
  readonly bytes: string;
  /** Nobody is asked for an address like this one. */
  readonly refused?: boolean;
}

export interface SecretsWorld {
  /** By the names that `belongsTo` uses. */
  readonly hosts: { readonly [name: string]: Listener };
  readonly secrets: readonly Secret[];
  readonly environment: { readonly [name: string]: string };
  readonly endpoints: { readonly [id: string]: string };
  readonly pieces: readonly SecretPiece[];
  close(): Promise<void>;
}

/** Passes on what comes, and writes down what the client says. */
async function tap(target: string): Promise<Listener & { readonly url: string; readonly host: string }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let said = "";
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}/`,
    host,
    heard: () => said,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A secret that is nowhere else. */
const canary = (name: string): string => `${name}-${randomBytes(12).toString("hex")}`;

/** Starts everything; `home` is the folder of the user, where the tools keep their logins. */
export async function startSecretsWorld(home: string): Promise<SecretsWorld> {
  const ends: (() => Promise<void>)[] = [];
  const kept = <Server extends { close(): Promise<void> }>(server: Server): Server => {
    ends.unshift(server.close);
    return server;
  };
  const close = async (): Promise<void> => {
    for (const end of ends) await end();
  };
  try {
    return { ...(await start(home, kept)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  home: string,
  kept: <Server extends { close(): Promise<void> }>(server: Server) => Server,
): Promise<Omit<SecretsWorld, "close">> {
  const text = (piece: string): string => `the bytes of ${piece}\n`;
  const asked = (server: { readonly asked: unknown; close(): Promise<void> }): Listener => ({
    heard: () => JSON.stringify(server.asked),
    close: server.close,
  });

  const files = { "model.bin": { bytes: text("hub"), lfs: true as const } };
  const hub = kept(await startHub([{ id: "org/closed", files, gated: "manual" }]));

  const verdaccio = kept(await startVerdaccio("$authenticated"));
  verdaccio.publish({ name: "closed", version: "1.0.0" }, { "model.bin": text("npm") });
  const npm = kept(await tap(verdaccio.url));

  const pipPassword = canary("pip");
  const python = { name: "closed", version: "1.0.0", files: { "model.bin": text("pypi") }, only: "source" } as const;
  const pypi = kept(await tap(kept(await startHtmlIndex([python], pipPassword)).url));

  const dockerPassword = canary("docker");
  const user = { name: "reader", password: dockerPassword };
  const registry = kept(await startRegistry({ user }));
  for (const repository of ["by-file", "by-helper"]) {
    const annotations = { "org.opencontainers.image.title": "model.bin" };
    const layers = [{ mediaType: "application/octet-stream", bytes: text(repository), annotations }];
    await registry.push(repository, "v1", { layers, artifactType: "application/vnd.example.model" });
  }
  const oci = kept(await tap(registry.url));

  const keys = {
    accessKeyId: canary("AKIA"),
    secretAccessKey: canary("aws-secret"),
    sessionToken: canary("aws-session"),
  };
  const objects = { "set/model.bin": Buffer.from(text("s3")) };
  const s3 = kept(await startS3({ keys, buckets: { closed: { anonymous: "nothing", objects } } }));

  const gsToken = canary("gs");
  const generations = { "set/model.bin": [{ bytes: Buffer.from(text("gs")), generation: "1700000000000001" }] };
  const gs = kept(await startGs({ closed: { anonymous: "nothing", objects: generations } }, gsToken));

  const container = { access: "nothing", blobs: { "set/model.bin": text("azure") } } as const;
  const azurite = kept(await startAzure({ closed: container }));
  const azure = kept(await tap(azurite.url));

  const work = createRepository(join(home, "..", "work"));
  writeFileSync(join(work, "model.bin"), text("git"));
  const commit = commitAll(work);
  const gitServer = kept(await startGitServer());
  gitServer.publish(work, "closed.git");
  const git = kept(await tap(`${gitServer.origin}/`));
  const forge = kept(await startForge());
  forge.publish(work, "org/tool", [{ tag: "v1", assets: { "model.bin": text("github") } }]);
  const swh = kept(await startSwh(work));

  const research = kept(
    await startResearchHosts({
      zenodo: [{ id: "2", concept: "1", access: "restricted", files: { "model.bin": text("zenodo") } }],
    }),
  );

  // What stands in a manifest's own addresses. It sends on to somebody who may not know of it.
  const bystander = kept(await startWebServer((_request, response) => response.end(text("presigned"))));
  const addressed = kept(
    await startWebServer((request, response) => {
      if (request.url?.startsWith("/moved") === true) response.writeHead(302, { location: `${bystander.url}/x` }).end();
      else response.end(text("userinfo"));
    }),
  );
  const addressPassword = canary("userinfo");
  const signature = canary("signature");
  const signed = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${signature}&X-Amz-Security-Token=${signature}`;

  const helperPassword = dockerPassword;
  const bin = join(home, "bin");
  mkdirSync(bin, { recursive: true });
  const helper = join(bin, "docker-credential-test");
  writeFileSync(helper, `#!/bin/sh\ncat > /dev/null\necho '{"Username":"reader","Secret":"${helperPassword}"}'\n`);
  chmodSync(helper, 0o755);
  mkdirSync(join(home, ".docker"));
  const auth = Buffer.from(`reader:${dockerPassword}`).toString("base64");
  writeFileSync(
    join(home, ".docker/config.json"),
    JSON.stringify({ auths: { [`${oci.host}/by-file`]: { auth } }, credHelpers: { [oci.host]: "test" } }),
  );
  writeFileSync(join(home, ".npmrc"), `registry=${npm.url}\n//${npm.host}/:_authToken=${verdaccio.token}\n`);
  const { login, password } = privateLogin;
  writeFileSync(join(home, ".netrc"), `machine localhost login ${login} password ${password}\n`, { mode: 0o600 });

  const nobodys = Object.fromEntries(
    ["GITHUB_TOKEN", "FIGSHARE_TOKEN", "OSF_TOKEN", "KAGGLE_KEY", "MODELSCOPE_API_TOKEN", "DATAVERSE_KEY"].map(
      (name) => [name, canary(name.toLowerCase())],
    ),
  );
  const enterprise = canary("enterprise");
  const swhToken = canary("swh");
  const sas = azurite.sas.match(/sig=([^&]+)/)?.[1] ?? "";
  const secrets: readonly Secret[] = [
    { name: "HF_TOKEN", value: hub.token, belongsTo: ["hub"] },
    { name: "npm token", value: verdaccio.token, belongsTo: ["npm"] },
    { name: "pip password", value: pipPassword, user: "tester", belongsTo: ["pypi"] },
    { name: "docker password", value: dockerPassword, user: "reader", belongsTo: ["oci"] },
    { name: "AWS key id", value: keys.accessKeyId, belongsTo: ["s3"] },
    { name: "AWS secret key", value: keys.secretAccessKey, belongsTo: [] },
    { name: "AWS session token", value: keys.sessionToken, belongsTo: ["s3"] },
    { name: "Google's token", value: gsToken, belongsTo: ["gs"] },
    { name: "Azure signature", value: sas, belongsTo: ["azure"] },
    { name: "netrc password", value: password, user: login, belongsTo: ["git"] },
    { name: "GH_ENTERPRISE_TOKEN", value: enterprise, belongsTo: ["github"] },
    { name: "SWH_TOKEN", value: swhToken, belongsTo: ["swh"] },
    { name: "ZENODO_TOKEN", value: research.token, belongsTo: ["research"] },
    // A password in an address is sent to nobody.
    { name: "userinfo", value: addressPassword, user: "reader", belongsTo: [] },
    { name: "presigned address", value: signature, belongsTo: ["addressed"] },
    ...Object.entries(nobodys).map(([name, value]) => ({ name, value, belongsTo: [] })),
  ];
  const addressedHost = new URL(addressed.url).host;
  return {
    hosts: {
      hub: asked(hub),
      "hub's files": { heard: () => JSON.stringify(hub.cdnAsked), close: hub.close },
      ...{ npm, pypi, oci, azure, git },
      s3: asked(s3),
      gs: asked(gs),
      github: asked(forge),
      swh: asked(swh),
      research: asked(research),
      addressed: asked(addressed),
      bystander: asked(bystander),
    },
    secrets,
    environment: {
      ...nobodys,
      HF_TOKEN: hub.token,
      PIP_INDEX_URL: `http://tester:${pipPassword}@${pypi.host}/simple/`,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      GOOGLE_OAUTH_ACCESS_TOKEN: gsToken,
      AZURE_STORAGE_ACCOUNT: account,
      AZURE_STORAGE_SAS_TOKEN: azurite.sas,
      GH_ENTERPRISE_TOKEN: enterprise,
      SWH_TOKEN: swhToken,
      ZENODO_TOKEN: research.token,
      KAGGLE_USERNAME: "reader",
      DATAVERSE_SERVER: "https://dataverse.example.org",
    },
    endpoints: {
      huggingface: `${hub.url}/`,
      oci: oci.url,
      s3: s3.url,
      gs: gs.url,
      azure: azure.url,
      github: forge.url,
      swh: swh.url,
      zenodo: research.endpoint("zenodo") ?? "",
    },
    pieces: [
      { id: "hub", uri: `hf:org/closed@${hub.commit("org/closed")}` },
      { id: "npm", uri: "pkg:npm/closed@1.0.0" },
      { id: "pypi", uri: "pkg:pypi/closed@1.0.0", unpack: true },
      { id: "by-file", uri: "oci://registry.example.org/by-file:v1" },
      { id: "by-helper", uri: "oci://registry.example.org/by-helper:v1" },
      { id: "s3", uri: "s3://closed/set/" },
      { id: "gs", uri: "gs://closed/set/" },
      { id: "azure", uri: `az://${account}/closed/set/` },
      { id: "git", uri: `git+http://localhost:${git.host.split(":")[1]}/private/closed.git@${commit}` },
      { id: "github", uri: "https://github.com/org/tool/releases/tag/v1" },
      { id: "swh", uri: `swh:1:rev:${commit}`, bytes: text("git") },
      { id: "zenodo", uri: "zenodo:2" },
      { id: "presigned", uri: `${addressed.url}/moved/model.bin?${signed}` },
      { id: "userinfo", uri: `http://reader:${addressPassword}@${addressedHost}/model.bin` },
      { id: "git-userinfo", uri: `git+http://reader:${addressPassword}@${addressedHost}/x.git`, refused: true },
    ].map((piece) => ({ bytes: text(piece.id), ...piece })),
  };
}
