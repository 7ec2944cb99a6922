import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../../src/io/process.ts";
import { createSettings, type Settings } from "../../src/io/settings.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const login = (text: string): object => ({ auth: base64(text) });

function home(files: { readonly [path: string]: unknown }): string {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof value === "string" ? value : JSON.stringify(value));
  }
  return folder;
}

const settings = (folder: string, env: { readonly [name: string]: string } = {}): Settings =>
  createSettings({ cwd: folder, env: { HOME: folder, PATH: join(folder, "bin"), ...env }, run });
const asked = (
  folder: string,
  subject: string,
  env?: { readonly [name: string]: string },
): Promise<string | undefined> => settings(folder, env)(`oci.credential:${subject}`);

/** A credential helper that notes what it was given. */
function helper(folder: string, name: string, answer: string, code = 0): string {
  const path = join(folder, "bin", `docker-credential-${name}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `#!/bin/sh\n/bin/cat > '${folder}/asked-${name}'\necho "$*" >> '${folder}/argv-${name}'\necho '${answer}'\nexit ${code}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

test("docker's file: whole hosts, old URLs, and its own registry by each of its names", async () => {
  const folder = home({
    ".docker/config.json": {
      auths: {
        "ghcr.io": login("a:1"),
        "https://old.example.org/v1/": login("b:2"),
        "https://index.docker.io/v1/": login("c:3"),
        "Port.Example.org:5000": { username: "d", password: "4" },
      },
    },
  });
  expect(await asked(folder, "ghcr.io/owner/name")).toBe(`Basic ${base64("a:1")}`);
  expect(await asked(folder, "old.example.org/name")).toBe(`Basic ${base64("b:2")}`);
  expect(await asked(folder, "registry-1.docker.io/library/debian")).toBe(`Basic ${base64("c:3")}`);
  expect(await asked(folder, "port.example.org:5000/name")).toBe(`Basic ${base64("d:4")}`);
  for (const other of ["ghcr.io.example.org/owner/name", "port.example.org/name", "example.org/ghcr.io", "io/name"]) {
    expect(await asked(folder, other)).toBeUndefined();
  }
});

test("DOCKER_CONFIG is a folder, REGISTRY_AUTH_FILE a file, and podman's other places come after docker's", async () => {
  const folder = home({
    "elsewhere/config.json": { auths: { "a.test": login("docker:1") } },
    "auth.json": { auths: { "a.test": login("podman:1") } },
    "run/containers/auth.json": { auths: { "a.test": login("run:1"), "b.test": login("run:2") } },
    ".config/containers/auth.json": { auths: { "b.test": login("config:1"), "c.test": login("config:2") } },
  });
  const DOCKER_CONFIG = join(folder, "elsewhere");
  const XDG_RUNTIME_DIR = join(folder, "run");
  expect(await asked(folder, "a.test/x", { DOCKER_CONFIG, XDG_RUNTIME_DIR })).toBe(`Basic ${base64("docker:1")}`);
  expect(await asked(folder, "a.test/x", { XDG_RUNTIME_DIR })).toBe(`Basic ${base64("run:1")}`);
  expect(await asked(folder, "b.test/x", { XDG_RUNTIME_DIR })).toBe(`Basic ${base64("run:2")}`);
  expect(await asked(folder, "c.test/x", { XDG_RUNTIME_DIR })).toBe(`Basic ${base64("config:2")}`);
  const REGISTRY_AUTH_FILE = join(folder, "auth.json");
  expect(await asked(folder, "a.test/x", { REGISTRY_AUTH_FILE })).toBe(`Basic ${base64("podman:1")}`);
  expect(await asked(folder, "c.test/x", { REGISTRY_AUTH_FILE })).toBeUndefined();
});

test("podman's logins for a part of a registry: the closest one", async () => {
  const folder = home({ "auth.json": { auths: { "a.test": login("all:1"), "a.test/team": login("team:1") } } });
  const env = { REGISTRY_AUTH_FILE: "auth.json" };
  expect(await asked(folder, "a.test/team/model", env)).toBe(`Basic ${base64("team:1")}`);
  expect(await asked(folder, "a.test/teams/model", env)).toBe(`Basic ${base64("all:1")}`);
});

test("tokens: of the token service, and of the registry itself", async () => {
  const folder = home({
    ".docker/config.json": {
      auths: {
        "a.test": { auth: base64("00000000:"), identitytoken: "refresh" },
        "b.test": { registrytoken: "bearer" },
      },
    },
  });
  expect(await asked(folder, "a.test/x")).toBe("Identity refresh");
  expect(await asked(folder, "b.test/x")).toBe("Bearer bearer");
});

test("credential helpers are asked by name, with the server on their input", async () => {
  const folder = home({
    ".docker/config.json": { credHelpers: { "a.test": "one" }, credsStore: "two", auths: { "a.test": {} } },
  });
  helper(folder, "one", JSON.stringify({ ServerURL: "a.test", Username: "u", Secret: "p" }));
  helper(folder, "two", JSON.stringify({ Username: "<token>", Secret: "refresh" }));
  expect(await asked(folder, "a.test/x/y")).toBe(`Basic ${base64("u:p")}`);
  expect(readFileSync(join(folder, "asked-one"), "utf8")).toBe("a.test\n");
  expect(readFileSync(join(folder, "argv-one"), "utf8")).toBe("get\n");
  expect(await asked(folder, "registry-1.docker.io/library/x")).toBe("Identity refresh");
  expect(readFileSync(join(folder, "asked-two"), "utf8")).toBe("https://index.docker.io/v1/\n");
});

test.each([
  ["a path", "../../bin/evil"],
  ["an absolute path", "/bin/evil"],
  ["an option", "-x"],
  ["a blank", "a b"],
  ["nothing", ""],
  ["no text", 7],
])("%s is no helper's name", async (_, name) => {
  const folder = home({ ".docker/config.json": { credsStore: name } });
  expect(await asked(folder, "a.test/x")).toBeUndefined();
});

test("a helper that fails, is missing or says nonsense has no login", async () => {
  const folder = home({
    ".docker/config.json": { credHelpers: { "a.test": "fails", "b.test": "nonsense", "c.test": "missing" } },
  });
  helper(folder, "fails", JSON.stringify({ Username: "u", Secret: "p" }), 1);
  helper(folder, "nonsense", "no JSON");
  for (const host of ["a", "b", "c"]) expect(await asked(folder, `${host}.test/x`)).toBeUndefined();
});

test.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["no logins", { auths: [] }],
  ["a login without a colon", { auths: { "a.test": login("nocolon") } }],
  ["a login that no header can carry", { auths: { "a.test": { auth: "a\r\nb", identitytoken: "a\r\nb" } } }],
  ["a file of a folder that somebody else made", undefined],
])("%s is no login", async (_, config) => {
  const folder = home(
    config === undefined ? { "config.json": { auths: { "a.test": login("a:1") } } } : { ".docker/config.json": config },
  );
  expect(await asked(folder, "a.test/x")).toBeUndefined();
});

test("the user allows a token service of another host for one registry", async () => {
  const folder = home({});
  const ask = settings(folder, { WHOLESOURCE_OCI_REALMS: "registry.a.test=a.test Registry.a.test=Sso.test b.test" });
  expect(await ask("oci.realms:registry.a.test")).toBe("a.test,sso.test");
  expect(await ask("oci.realms:b.test")).toBeUndefined();
});
