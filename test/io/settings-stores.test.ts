import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../src/io/process.ts";
import { createSettings, type Settings } from "../../src/io/settings.ts";
import { parseAwsIni } from "../../src/io/settings-s3.ts";
import { folder, write } from "../run/release.ts";

const settings = (env: { readonly [name: string]: string } = {}): Settings => createSettings({ cwd: "/", env, run });
const keysOf = async (ask: Settings) => [
  await ask("s3.accessKeyId"),
  await ask("s3.secretAccessKey"),
  await ask("s3.sessionToken"),
];

const credentials = `[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = s3cr=t/+ # of the default
[ work ]
aws_access_key_id=AKIAWORK
aws_secret_access_key=other
aws_session_token=token==
[half]
aws_access_key_id=AKIAHALF
`;
const config = `; a comment
[default]
region = eu-west-1
[profile work]
region = us-gov-west-1
services = local
endpoint_url = https://all.example.org
[services local]
dynamodb =
  endpoint_url = https://dynamodb.example.org
s3 =
  endpoint_url = https://s3.example.org/base
  addressing_style = path
[profile sso]
sso_session = corporate
[profile program]
credential_process = /bin/false
`;

async function home(env: { readonly [name: string]: string } = {}): Promise<Settings> {
  const at = await folder();
  await write(at, ".aws/credentials", credentials);
  await write(at, ".aws/config", config);
  return settings({ HOME: at, ...env });
}

describe("s3", () => {
  test("the environment has keys, a region and an endpoint", async () => {
    const ask = settings({
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "eu-north-1",
      AWS_DEFAULT_REGION: "us-east-2",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9000",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9001",
      AWS_REQUEST_PAYER: "requester",
    });
    expect(await keysOf(ask)).toEqual(["AKIA", "secret", undefined]);
    expect(await ask("s3.region")).toBe("eu-north-1");
    expect(await ask("s3.endpoint")).toBe("http://127.0.0.1:9001/");
    expect(await ask("s3.requestPayer")).toBe("requester");
    expect(await ask("s3.unsigned")).toBeUndefined();
    expect(await settings({ AWS_NO_SIGN_REQUEST: "YES" })("s3.unsigned")).toBe("yes");
  });

  test("nothing is read for whoever gives no environment", async () => {
    expect(await keysOf(settings())).toEqual([undefined, undefined, undefined]);
    expect(await settings()("s3.region")).toBeUndefined();
  });

  test("the profile's files have them else, and keys are always of one source", async () => {
    expect(await keysOf(await home())).toEqual(["AKIADEFAULT", "s3cr=t/+", undefined]);
    expect(await (await home())("s3.region")).toBe("eu-west-1");
    const work = await home({ AWS_PROFILE: "work", AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT" });
    expect(await keysOf(work)).toEqual(["AKIAWORK", "other", "token=="]);
    expect(await work("s3.region")).toBe("us-gov-west-1");
    expect(await work("s3.endpoint")).toBe("https://s3.example.org/base/");
    const ignoring = await home({ AWS_PROFILE: "work", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" });
    expect(await ignoring("s3.endpoint")).toBeUndefined();
    expect(await keysOf(await home({ AWS_PROFILE: "half" }))).toEqual([undefined, undefined, undefined]);
    expect(await keysOf(await home({ AWS_PROFILE: "none" }))).toEqual([undefined, undefined, undefined]);
  });

  test("files can be elsewhere", async () => {
    const at = await folder();
    await write(at, "keys", credentials);
    await write(at, "settings", config);
    const ask = settings({ AWS_SHARED_CREDENTIALS_FILE: join(at, "keys"), AWS_CONFIG_FILE: join(at, "settings") });
    expect(await keysOf(ask)).toEqual(["AKIADEFAULT", "s3cr=t/+", undefined]);
    expect(await ask("s3.region")).toBe("eu-west-1");
  });

  test.each([
    ["sso", "sso_session"],
    ["program", "credential_process"],
    ["work", undefined],
  ])("what profile %s asks for and we do not do is %s", async (profile, key) => {
    expect(await (await home({ AWS_PROFILE: profile }))("s3.unsupported")).toBe(key);
  });

  test("keys that no header can carry are none, and an endpoint that is no URL is told without its text", async () => {
    expect(await keysOf(settings({ AWS_ACCESS_KEY_ID: "A\nB", AWS_SECRET_ACCESS_KEY: "x" }))).toEqual(
      Array(3).fill(undefined),
    );
    for (const url of ["canary", "ftp://canary", "https://user:canary@example.org"]) {
      const asked = settings({ AWS_ENDPOINT_URL: url })("s3.endpoint");
      await expect(asked).rejects.toMatchObject({ code: "usage", message: expect.not.stringContaining("canary") });
    }
  });

  test("any text is read as sections or not at all", () => {
    expect(parseAwsIni("a=b\n[x\nc=d\n[y]\n=e\nf\ng=").get("y")).toEqual(new Map([["g", ""]]));
    expect(parseAwsIni("\r\n[[z]]\r\nK = 'v' ; w")).toEqual(new Map([["[z", new Map([["k", "'v'"]])]]));
  });
});

test.each([
  [{ GOOGLE_OAUTH_ACCESS_TOKEN: "one", CLOUDSDK_AUTH_ACCESS_TOKEN: "two" }, "gs.token", "one"],
  [{ CLOUDSDK_AUTH_ACCESS_TOKEN: "two" }, "gs.token", "two"],
  [{ GOOGLE_OAUTH_ACCESS_TOKEN: "a b" }, "gs.token", undefined],
  [{ STORAGE_EMULATOR_HOST: "localhost:9023" }, "gs.emulator", "http://localhost:9023/"],
  [{ STORAGE_EMULATOR_HOST: "https://gs.example.org/x" }, "gs.emulator", "https://gs.example.org/"],
  [{ AZURE_STORAGE_ACCOUNT: "own", AZURE_STORAGE_SAS_TOKEN: "?sv=1&sig=a%2Bb" }, "azure.sas:own", "sv=1&sig=a%2Bb"],
  [{ AZURE_STORAGE_ACCOUNT: "own", AZURE_STORAGE_SAS_TOKEN: "sv=1&sig=a" }, "azure.sas:other", undefined],
  [{ AZURE_STORAGE_SAS_TOKEN: "sv=1&sig=a" }, "azure.sas:own", undefined],
  [{ AZURE_STORAGE_ACCOUNT: "own", AZURE_STORAGE_SAS_TOKEN: "sv=1#x" }, "azure.sas:own", undefined],
])("%j: %s is %s", async (env, name, value) => {
  const given: { readonly [name: string]: string } = env;
  expect(await settings(given)(name)).toBe(value);
});
