// biome-ignore-all lint/suspicious/noTemplateCurlyInString: npm writes its variables so
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Run, run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";

let root: string;
let home: string;
let project: string;
/** Files whose absence is part of the test, so that this machine's own configuration has no say. */
let isolated: Record<string, string>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wholesource-settings-"));
  home = join(root, "home");
  project = join(root, "project");
  mkdirSync(home);
  mkdirSync(join(project, "deep", "er"), { recursive: true });
  isolated = { HOME: home, npm_config_globalconfig: join(root, "globalrc") };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const noRun: Run = async () => ({ status: "failed", reason: "not-found", message: "" });
const settings = (env: Record<string, string> = {}, runs: Run = noRun, cwd = project) =>
  createSettings({ cwd, env: { ...isolated, ...env }, run: runs });
const user = (text: string) => writeFileSync(join(home, ".npmrc"), text);
const ofProject = (text: string) => writeFileSync(join(project, ".npmrc"), text);
const ofMachine = (text: string) => writeFileSync(join(root, "globalrc"), text);

describe("the registry", () => {
  test("the nearest source decides: environment, project, user, global, npm itself", async () => {
    const npm: Run = async () => ({ status: "exited", code: 0, stdout: "https://npm/\n", stderr: "" });
    const registry = (env?: Record<string, string>) => settings(env, npm)("npm.registry");
    expect(await registry()).toBe("https://npm/");
    ofMachine("registry=https://global/");
    expect(await registry()).toBe("https://global/");
    user("registry=https://user/");
    expect(await registry()).toBe("https://user/");
    ofProject("registry=https://project/");
    expect(await registry()).toBe("https://project/");
    expect(await registry({ NPM_CONFIG_REGISTRY: "https://env" })).toBe("https://env/");
  });

  test("a project is found from inside it", async () => {
    writeFileSync(join(project, "package.json"), "{}");
    ofProject("registry=https://project/a");
    expect(await settings({}, noRun, join(project, "deep", "er"))("npm.registry")).toBe("https://project/a/");
  });

  test("a scope has its own, or none", async () => {
    user("@a:registry=https://a/npm");
    expect(await settings()("npm.registry:@a")).toBe("https://a/npm/");
    expect(await settings()("npm.registry:@b")).toBeUndefined();
  });

  test("the user's own files are filled from the environment, a project's is not", async () => {
    user("registry=https://${NAME}/");
    expect(await settings({ NAME: "user" })("npm.registry")).toBe("https://user/");
    for (const foreign of ["registry=https://host/${SECRET}/", "registry=https://${SECRET}/"]) {
      ofProject(foreign);
      await expect(settings({ SECRET: "s3cr3t" })("npm.registry")).rejects.toMatchObject({
        code: "usage",
        message: expect.not.stringContaining("s3cr3t"),
      });
    }
  });

  test.each(["ftp://host/", "not a url", "https://user:pw@host/", "file:///x"])(
    "%s is the user's error",
    async (value) => {
      await expect(settings({ npm_config_registry: value })("npm.registry")).rejects.toMatchObject({
        code: "usage",
        message: expect.not.stringContaining("pw"),
      });
    },
  );

  test("none is none", async () => {
    expect(await settings()("npm.registry")).toBeUndefined();
    expect(await settings()("npm.registrx")).toBeUndefined();
    expect(await settings()("other")).toBeUndefined();
  });

  test("what npm itself answers, away from the project, is taken", async () => {
    ofProject("fund=false");
    const asked: (string | undefined)[] = [];
    const watched: Run = (file, argv, options) => {
      asked.push(options.cwd, options.env.SECRET);
      return run(file, argv, options);
    };
    const ask = settings({ PATH: process.env.PATH ?? "", SECRET: "s3cr3t" }, watched);
    // npm's own default: this project names no registry, so the test names none either.
    expect(await ask("npm.registry")).toMatch(/^https:\/\/[^/]+\/$/);
    expect(await ask("npm.registry")).toMatch(/^https:/);
    expect(asked).toEqual([home, undefined]);
  });

  test("a file that can not be read stops the run", async () => {
    symlinkSync("/dev/zero", join(project, ".npmrc"));
    await expect(settings()("npm.registry")).rejects.toMatchObject({ code: "input-unreadable" });
    rmSync(join(project, ".npmrc"));
    ofProject("a".repeat(1024 * 1024 + 1));
    await expect(settings()("npm.registry")).rejects.toMatchObject({ code: "input-unreadable" });
  });
});

describe("credentials", () => {
  const ask = (url: string, env?: Record<string, string>) => settings(env)(`npm.authorization:${url}`);

  test("go to the exact host, port and path, and below", async () => {
    user("//h/npm/:_authToken=T\n//h:8443/:_authToken=P\n//deep/a/b:_authToken=B");
    expect(await ask("https://h/npm/")).toBe("Bearer T");
    expect(await ask("https://h/npm/@s%2fname/1.0.0")).toBe("Bearer T");
    expect(await ask("https://h:8443/x")).toBe("Bearer P");
    expect(await ask("https://deep/a/b/c")).toBe("Bearer B");
    for (const url of [
      "https://h/",
      "https://h/npmx/",
      "https://h/npm",
      "https://h.evil/npm/",
      "https://h:444/npm/",
      "https://sub.h/npm/",
      "https://h@evil/npm/",
      "https://deep/a/bc/",
      "ftp://h/npm/",
      "file:///h/npm/",
      "not a url",
    ]) {
      expect(await ask(url), url).toBeUndefined();
    }
  });

  test("of the longest path decides", async () => {
    user("//h/:_authToken=short\n//h/a/:_authToken=long");
    expect(await ask("https://h/a/x")).toBe("Bearer long");
    expect(await ask("https://h/b/x")).toBe("Bearer short");
  });

  test("come in npm's three spellings", async () => {
    const pair = Buffer.from("me:p\u00e4ss").toString("base64");
    user(
      `//a/:_auth=${pair}\n//b/:username=me\n//b/:_password=${Buffer.from("p\u00e4ss").toString("base64")}\n//c/:username=me`,
    );
    expect(await ask("https://a/x")).toBe(`Basic ${pair}`);
    expect(await ask("https://b/x")).toBe(`Basic ${pair}`);
    expect(await ask("https://c/x")).toBeUndefined();
  });

  test("are filled from the environment in the user's file only, and never sent unfilled", async () => {
    user("//h/:_authToken=${TOKEN}");
    expect(await ask("https://h/x", { TOKEN: "T" })).toBe("Bearer T");
    expect(await ask("https://h/x")).toBeUndefined();
    ofProject("//evil/:_authToken=${TOKEN}");
    expect(await ask("https://evil/x", { TOKEN: "T" })).toBeUndefined();
    user("//h/:_authToken=two\\nlines in one");
    expect(await ask("https://h/x")).toBeUndefined();
  });

  test("go over plain http only to a registry that the user named so", async () => {
    user("//h/:_authToken=T");
    expect(await ask("http://h/x")).toBeUndefined();
    ofProject("registry=http://h/");
    expect(await ask("http://h/x")).toBeUndefined();
    user("//h/:_authToken=T\nregistry=http://h/");
    expect(await ask("http://h/x")).toBe("Bearer T");
    expect(await ask("http://h:8080/x")).toBeUndefined();
  });
});
