import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsePipConfig } from "../../src/io/pip-config.ts";
import { type Run, run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";
import { need } from "../services/need.ts";
import { pipConfigOf } from "../services/pypi-index.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "wholesource-pip-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const noPip: Run = async () => ({ status: "failed", reason: "not-found", message: "no pip" });
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
};
const settings = (env: Readonly<Record<string, string>> = {}, program: Run = noPip) =>
  createSettings({
    cwd: home,
    env: { HOME: home, XDG_CONFIG_DIRS: join(home, "xdg"), PATH: process.env.PATH, ...env },
    run: program,
  });
const index = (path: string, host: string, section = "global") =>
  write(path, `[${section}]\nindex-url = https://${host}.example/simple\n`);

describe("which index", () => {
  test("none, when nobody names one", async () => expect(await settings()("pypi.index")).toBeUndefined());

  test("the environment, a named file, the user's, the machine's: each outranks the next", async () => {
    const named = { PIP_CONFIG_FILE: "named.conf" };
    index("xdg/pip/pip.conf", "machine");
    expect(await settings()("pypi.index")).toBe("https://machine.example/simple/");
    index(".pip/pip.conf", "old");
    expect(await settings()("pypi.index")).toBe("https://old.example/simple/");
    index(".config/pip/pip.conf", "user");
    expect(await settings()("pypi.index")).toBe("https://user.example/simple/");
    index("venv/pip.conf", "venv");
    expect(await settings({ VIRTUAL_ENV: join(home, "venv") })("pypi.index")).toBe("https://venv.example/simple/");
    index("named.conf", "named");
    expect(await settings(named)("pypi.index")).toBe("https://named.example/simple/");
    const all = { ...named, PIP_INDEX_URL: "https://env.example/simple/" };
    expect(await settings(all)("pypi.index")).toBe("https://env.example/simple/");
    expect(await settings({ PIP_CONFIG_FILE: "/dev/null" })("pypi.index")).toBeUndefined();
  });

  test("a command's own section outranks [global], wherever it stands", async () => {
    index(".config/pip/pip.conf", "user");
    index("xdg/pip/pip.conf", "install", "install");
    expect(await settings()("pypi.index")).toBe("https://install.example/simple/");
  });

  test("no-index means none", async () => {
    index(".config/pip/pip.conf", "user");
    expect(await settings({ PIP_NO_INDEX: "1" })("pypi.index")).toBeUndefined();
    expect(await settings({ PIP_NO_INDEX: "0" })("pypi.index")).toBe("https://user.example/simple/");
  });

  test("extra indexes are known of", async () => {
    expect(await settings()("pypi.extra")).toBeUndefined();
    write(
      ".config/pip/pip.conf",
      "[global]\nextra-index-url =\n    https://a.example/simple\n    https://b.example/\n",
    );
    expect(await settings()("pypi.extra")).toBe("yes");
  });

  test.each(["/srv/packages", "file:///srv/packages", "$" + "{INDEX}"])("%s stops the run", async (value) => {
    await expect(settings({ PIP_INDEX_URL: value })("pypi.index")).rejects.toThrow("no http or https URL");
  });

  test("what can not be read stops the run", async () => {
    write("big.conf", "#".repeat(1024 * 1024 + 1));
    await expect(settings({ PIP_CONFIG_FILE: "big.conf" })("pypi.index")).rejects.toThrow("cannot be read");
  });
});

describe("the credential in the index's address", () => {
  const env = { PIP_INDEX_URL: "https://me:p%40ss@a.example:8443/simple" };
  test("is taken out of it and kept for its origin", async () => {
    const ask = settings(env);
    expect(await ask("pypi.index")).toBe("https://a.example:8443/simple/");
    const value = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(await ask("pypi.authorization:https://a.example:8443/files/x.whl")).toBe(value);
    expect(await ask("pypi.operator:https://a.example:8443/files/x.whl")).toBe("yes");
  });
  test.each(["https://a.example/x", "http://a.example:8443/x", "https://b.example:8443/x", "nonsense"])(
    "is not for %s",
    async (url) => {
      expect(await settings(env)(`pypi.authorization:${url}`)).toBeUndefined();
      expect(await settings(env)(`pypi.operator:${url}`)).toBeUndefined();
    },
  );
});

test("files are read as pip's parser reads them", () => {
  const text =
    "; note\n[global]\nindex_url: https://a.example/x=y\nextra-index-url =\n  https://b.example\n# no\n  https://c.example\n\n[Other]\nTimeout=3\n";
  expect([...parsePipConfig(text)]).toEqual([
    ["global.index-url", "https://a.example/x=y"],
    ["global.extra-index-url", "https://b.example\nhttps://c.example"],
    ["Other.timeout", "3"],
  ]);
});

need("python3", "pip")("against pip itself", () => {
  test("its own default is asked for when nothing names an index", async () => {
    expect(await settings({}, run)("pypi.index")).toMatch(/^https:\/\/[^/]+\/simple\/$/);
  });

  test("the stronger of two places is the same", async () => {
    const places: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
      env: () => ({ PIP_INDEX_URL: "https://env.example/simple" }),
      named: () => {
        index("named.conf", "named");
        return { PIP_CONFIG_FILE: join(home, "named.conf") };
      },
      machine: () => {
        index("xdg/pip/pip.conf", "machine");
        return {};
      },
      old: () => {
        index(".pip/pip.conf", "old");
        return {};
      },
      user: () => {
        index(".config/pip/pip.conf", "user");
        return {};
      },
      download: () => {
        index("xdg/pip/pip.conf", "download", "download");
        return {};
      },
    };
    // Each beside the one that it outranks: pip is slow to start.
    const pairs = [
      ["env", "download"],
      ["download", "named"],
      ["named", "user"],
      ["user", "old"],
      ["old", "machine"],
    ] as const;
    for (const [first, second] of pairs) {
      rmSync(home, { recursive: true });
      mkdirSync(home);
      const env = { ...places[first]?.(), ...places[second]?.() };
      const said = pipConfigOf({ HOME: home, XDG_CONFIG_DIRS: join(home, "xdg"), ...env });
      expect([first, second, await settings(env)("pypi.index")]).toEqual([first, second, `${said}/`]);
    }
  }, 60_000);
});
