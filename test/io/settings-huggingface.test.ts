import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "wholesource-settings-"));
  const put = (path: string, text: string): void => {
    mkdirSync(join(home, path, ".."), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  put(".cache/huggingface/token", "hf_cache\n");
  put("xdg/huggingface/token", "hf_xdg");
  put("own/token", "\r\nhf_home\r\n");
  put("file", "hf_file\n");
  put("two", "hf_one\nhf_two\n");
  put("large", "x".repeat(5000));
  mkdirSync(join(home, "folder"));
});
afterAll(() => rmSync(home, { recursive: true }));

const ask = (name: string, env: Record<string, string>) => createSettings({ cwd: home, env, run })(name);

describe("the token", () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ["HF_TOKEN first", { HF_TOKEN: " hf_a\n", HUGGING_FACE_HUB_TOKEN: "hf_b", HOME: "~" }, "hf_a"],
    ["the older name", { HUGGING_FACE_HUB_TOKEN: "hf_b", HOME: "~" }, "hf_b"],
    ["an empty one is none", { HF_TOKEN: "", HOME: "~" }, "hf_cache"],
    ["one that no header carries is none", { HF_TOKEN: "hf_a b", HOME: "~" }, "hf_cache"],
    ["a file named", { HF_TOKEN_PATH: "~/file", HF_HOME: "~/own", HOME: "~" }, "hf_file"],
    ["a file named from here", { HF_TOKEN_PATH: "file" }, "hf_file"],
    ["the hub's home", { HF_HOME: "~/own", XDG_CACHE_HOME: "~/xdg", HOME: "~" }, "hf_home"],
    ["the user's cache", { XDG_CACHE_HOME: "~/xdg", HOME: "~" }, "hf_xdg"],
    ["the usual cache", { HOME: "~" }, "hf_cache"],
    ["nobody's home", {}, undefined],
    ["a file that is not there", { HF_TOKEN_PATH: "nothing", HOME: "~" }, undefined],
    ["a folder", { HF_TOKEN_PATH: "folder" }, undefined],
    ["a file that is no token", { HF_TOKEN_PATH: "two" }, undefined],
    ["a file that is too large", { HF_TOKEN_PATH: "large" }, undefined],
    ["not wanted", { HF_TOKEN: "hf_a", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }, undefined],
  ])("%s", async (_what, env, token) => {
    const filled = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, name === "HOME" ? home : value]),
    );
    expect(await ask("huggingface.token", filled)).toBe(token);
  });
});

describe("the endpoint", () => {
  test.each([
    [{}, undefined],
    [{ HF_ENDPOINT: "" }, undefined],
    [{ HF_ENDPOINT: "https://hub.example.org" }, "https://hub.example.org/"],
    [{ HF_ENDPOINT: "https://mirror.example.org/hf" }, "https://mirror.example.org/hf/"],
  ])("%j", async (env, endpoint) => {
    expect(await ask("huggingface.endpoint", env as Record<string, string>)).toBe(endpoint);
  });
  test.each(["hub.example.org", "ftp://h", "https://u:secret@h", "https://h?a=secret"])("not %s", async (value) => {
    const asked = ask("huggingface.endpoint", { HF_ENDPOINT: value });
    await expect(asked).rejects.toMatchObject({ code: "usage", message: expect.not.stringContaining("secret") });
  });
});
