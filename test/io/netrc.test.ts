import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { netrcLogin } from "../../src/io/netrc.ts";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";

test.each([
  ["machine h login a password b", { login: "a", password: "b" }],
  ["machine other login x password y\nmachine h\n\tlogin a\n\tpassword b\n", { login: "a", password: "b" }],
  ["machine H login a password b", { login: "a", password: "b" }],
  ["machine h password b login a account c", { login: "a", password: "b" }],
  ['machine h login "a b" password "c\\"d"', { login: "a b", password: 'c"d' }],
  ["# machine h login x password y\nmachine h login a password b", { login: "a", password: "b" }],
  ["machine h login a password b\nmachine h login c password d", { login: "a", password: "b" }],
  ["macdef init\nmachine h login x password y\n\nmachine h login a password b", { login: "a", password: "b" }],
  ["default login a password b", undefined],
  ["machine other login x password y default login a password b", undefined],
  ["machine h login a default login b password c", undefined],
  ["machine h login a", undefined],
  ["machine", undefined],
  ["", undefined],
])("%j", (text, login) => {
  expect(netrcLogin(text, "h")).toEqual(login);
});

test("a login goes to its own host, and in the clear to this machine alone", async () => {
  const home = await mkdtemp(join(tmpdir(), "wholesource-netrc-"));
  onTestFinished(() => rm(home, { recursive: true }));
  const lines = ["example.org", "127.0.0.1"].map((host) => `machine ${host} login a password b\n`);
  await writeFile(join(home, ".netrc"), lines.join(""));
  const setting = createSettings({ cwd: home, env: { HOME: home, PATH: "/bin", GIT_DIR: "/x" }, run });
  const header = `Basic ${Buffer.from("a:b").toString("base64")}`;
  expect(await setting("git.authorization:https://example.org/x.git")).toBe(header);
  expect(await setting("git.authorization:http://127.0.0.1:8000/x.git")).toBe(header);
  expect(await setting("git.authorization:http://example.org/x.git")).toBeUndefined();
  expect(await setting("git.authorization:https://example.org.other/x.git")).toBeUndefined();
  expect(await setting("git.authorization:ssh://example.org/x.git")).toBeUndefined();
  expect(await setting("git.authorization:nothing")).toBeUndefined();
  expect(await setting("git.PATH")).toBe("/bin");
  expect(await setting("git.HOME")).toBe(home);
  expect(await setting("git.GIT_DIR")).toBeUndefined();
});
