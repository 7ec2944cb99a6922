/** A host that repeats what it was sent, as servers in trouble do: what belongs to it is in no report all the same. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Evidence } from "../../src/model/evidence.ts";
import { json } from "../../src/report/reporters/json.ts";
import { text } from "../../src/report/reporters/text.ts";
import { resolveLocation } from "../../src/run/resolve-location.ts";
import { startWebServer } from "../resolve/web-server.ts";
import { check, entry, folder, hurried, writeManifest } from "./release.ts";

const canary = randomBytes(15).toString("hex");
const login = Buffer.from(`reader:${canary}`).toString("base64");

/** Refuses in every form that hosts refuse in, with the question in it. */
const repeat = (status: number) => (request: IncomingMessage, response: ServerResponse) => {
  const { authorization } = request.headers;
  const { "x-amz-security-token": session, "x-dataverse-key": key } = request.headers;
  const word = String(session ?? key ?? authorization ?? request.url);
  const said = `${word} is refused`;
  const isXml = request.url?.includes("list-type") === true || /sig=/.test(request.url ?? "");
  const body = isXml
    ? `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${said.replace(/[<&]/g, "")}</Message></Error>`
    : JSON.stringify({
        message: said,
        error: said,
        status,
        exception: "Forbidden",
        reason: said,
        errors: [{ code: "DENIED", message: said, reason: said, detail: said }],
      });
  // Some secrets are sent only to a host that wants one.
  const isFirst = authorization === undefined && key === undefined && !/sig=/.test(request.url ?? "");
  const first = request.url?.startsWith("/v2/") === true ? 401 : 403;
  response.writeHead(isFirst ? first : status, {
    "content-type": isXml ? "application/xml" : "application/json",
    "x-error-message": word,
    "x-error-code": word,
    "x-ms-error-code": "AuthorizationFailure",
    "www-authenticate": `Basic realm="${word.replace(/"/g, "")}"`,
  });
  response.end(body);
};

const places: readonly (readonly [id: string, location: string])[] = [
  ["huggingface", "hf:org/closed"],
  ["npm", "pkg:npm/closed@1.0.0"],
  ["pypi", "pkg:pypi/closed@1.0.0"],
  ["oci", "oci://registry.example.org/closed:v1"],
  ["s3", "s3://closed/set/"],
  ["gs", "gs://closed/set/"],
  ["azure", "az://account/closed/set/"],
  ["github", "https://github.com/org/tool/releases/tag/v1"],
  ["swh", `swh:1:cnt:${"0".repeat(40)}`],
  ["zenodo", "zenodo:2"],
  ["figshare", "figshare:2"],
  ["osf", "osf:abcde"],
  ["dataverse", "dataverse:dataverse.example.org/doi:10.5072/FK2/ABCDEF"],
  ["kaggle", "kaggle:datasets/org/closed"],
  ["modelscope", "modelscope:org/closed"],
  ["git", "git+http://HOST/closed.git"],
];
const statuses = [400, 401, 403, 404, 409, 410, 418, 429, 500];

test.each(places.flatMap(([id, location]) => statuses.map((status) => ({ id, location, status }))))(
  "$id, $status",
  async ({ id, location, status }) => {
    const server = await startWebServer(repeat(status));
    onTestFinished(() => server.close());
    const { host } = new URL(server.url);
    const uri = location.replace("HOST", host);
    const home = await folder();
    await mkdir(join(home, ".docker"));
    await writeFile(join(home, ".docker/config.json"), JSON.stringify({ auths: { [host]: { auth: login } } }));
    await writeFile(join(home, ".npmrc"), `registry=${server.url}/\n//${host}/:_authToken=${canary}\n`);
    await writeFile(join(home, ".netrc"), `machine 127.0.0.1 login reader password ${canary}\n`);
    const environment = {
      HOME: home,
      PATH: process.env.PATH,
      HF_TOKEN: canary,
      PIP_INDEX_URL: `http://reader:${canary}@${host}/simple/`,
      AWS_ACCESS_KEY_ID: canary,
      AWS_SECRET_ACCESS_KEY: canary,
      AWS_SESSION_TOKEN: canary,
      GOOGLE_OAUTH_ACCESS_TOKEN: canary,
      AZURE_STORAGE_ACCOUNT: "account",
      AZURE_STORAGE_SAS_TOKEN: `sv=2024&sig=${canary}`,
      GH_ENTERPRISE_TOKEN: canary,
      SWH_TOKEN: canary,
      ZENODO_TOKEN: canary,
      FIGSHARE_TOKEN: canary,
      OSF_TOKEN: canary,
      DATAVERSE_SERVER: server.url,
      DATAVERSE_KEY: canary,
      KAGGLE_API_TOKEN: canary,
      MODELSCOPE_API_TOKEN: canary,
    };
    const endpoints = id === "git" || id === "npm" || id === "pypi" ? {} : { [id]: `${server.url}/` };
    const options = { ...hurried, retries: 0, endpoints, environment };
    const evidence: Evidence[] = [];
    const at = await folder();
    const manifest = await writeManifest(at, [{ id: "piece", locations: [uri], files: [entry("model.bin", "bytes")] }]);
    const report = await check(manifest, { ...options, onEvidence: (one) => evidence.push(one) });
    const shown = { colour: false, full: true, manifestName: "wholesource.yaml" };
    const said = [
      JSON.stringify(report),
      json.render(report, shown),
      text.render(report, shown),
      JSON.stringify(evidence),
      JSON.stringify(await resolveLocation({ uri }, options)),
    ].join("\n");
    const heard = JSON.stringify(server.asked);
    expect(heard.includes(canary) || heard.includes(login), "the host was sent the secret").toBe(true);
    expect(said).not.toContain(canary);
    expect(said).not.toContain(login);
    expect(report.pieces[0]?.outcome).not.toBe("verified");
  },
);
