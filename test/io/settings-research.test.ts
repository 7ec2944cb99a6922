import { expect, test } from "vitest";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";

const setting = (env: Readonly<Record<string, string>>, name: string) => createSettings({ cwd: "/", env, run })(name);

test.each([
  ["ZENODO_TOKEN", "zenodo.token"],
  ["ZENODO_ACCESS_TOKEN", "zenodo.token"],
  ["FIGSHARE_TOKEN", "figshare.token"],
  ["OSF_TOKEN", "osf.token"],
])("%s is the answer to %s", async (variable, name) => {
  expect(await setting({ [variable]: " abc\n" }, name)).toBe("abc");
  expect(await setting({}, name)).toBeUndefined();
  for (const value of ["", "a b", "a\nb", "caf\u00e9"])
    expect(await setting({ [variable]: value }, name)).toBeUndefined();
  expect(await setting({ [variable]: "abc" }, `${name}:https://elsewhere.example`)).toBeUndefined();
});

test.each(["DATAVERSE_KEY", "DATAVERSE_API_TOKEN"])(
  "%s is for the installation that is named with it",
  async (variable) => {
    const name = "dataverse.token:https://demo.dataverse.org";
    for (const server of [
      "demo.dataverse.org",
      "https://demo.dataverse.org",
      "https://demo.dataverse.org/dataverse/a",
    ]) {
      expect(await setting({ [variable]: "abc", DATAVERSE_SERVER: server }, name)).toBe("abc");
    }
    for (const server of ["", "http://demo.dataverse.org", "dataverse.example.org", "not a host"]) {
      expect(await setting({ [variable]: "abc", DATAVERSE_SERVER: server }, name)).toBeUndefined();
    }
    expect(await setting({ [variable]: "abc" }, name)).toBeUndefined();
  },
);
