/** The stand-ins for hubs are right when the hubs' own clients list and download from them. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startKaggle } from "./kaggle.ts";
import { startModelscope } from "./modelscope.ts";
import { pypiFolder } from "./pypi-folder.mjs";
import { needPypi } from "./pypi-index.ts";

/** Runs a Python program with the clients installed; gives what it printed. */
async function python(program: string, home: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(join(pypiFolder, "bin", "python"), ["-c", program], {
    env: { PATH: process.env.PATH, HOME: home, NO_PROXY: "*", ...env },
    cwd: home,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [words, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    words += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString("utf8");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(errors);
  return words;
}

needPypi()("clients of hubs", () => {
  test("kagglehub downloads a dataset, one packed file of it, and a model", async () => {
    const server = await startKaggle([
      { name: "o/d", version: 3, license: "CC0-1.0", files: { "a/b.csv": "1\n", "c.csv": "22\n" }, packed: ["c.csv"] },
      { name: "o/m/pytorch/base", version: 2, license: "MIT", files: { "x/w.bin": "w", "y.txt": "y" }, private: true },
    ]);
    const home = mkdtempSync(join(tmpdir(), "wholesource-clients-"));
    try {
      const program = `
import json, kagglehub
d = kagglehub.dataset_download("o/d")
c = kagglehub.dataset_download("o/d/versions/3", path="c.csv")
m = kagglehub.model_download("o/m/pytorch/base")
print("\\n" + json.dumps([d + "/a/b.csv", c, m + "/x/w.bin", d]))`;
      const env = {
        KAGGLE_API_ENDPOINT: server.url.slice(0, -1),
        KAGGLE_USERNAME: server.login.user,
        KAGGLE_KEY: server.login.key,
        KAGGLEHUB_CACHE: join(home, "cache"),
      };
      const said = await python(program, home, env);
      const [file, packed, weights, folder] = JSON.parse(said.trim().split("\n").at(-1) ?? "") as readonly string[];
      expect(readFileSync(file ?? "", "utf8")).toBe("1\n");
      expect(readFileSync(packed ?? "", "utf8")).toBe("22\n");
      expect(readFileSync(weights ?? "", "utf8")).toBe("w");
      expect(folder).toMatch(/versions\/3$/);
    } finally {
      await server.close();
      rmSync(home, { recursive: true });
    }
  }, 60_000);

  test("modelscope_hub lists a model that is cut, and downloads a private dataset's file", async () => {
    const many = Object.fromEntries(Array.from({ length: 3100 }, (_unused, index) => [`d${index % 4}/f${index}`, "x"]));
    const server = await startModelscope([
      { kind: "models", name: "o/m", files: { "README.md": "card\n", ...many } },
      { kind: "datasets", name: "o/d", files: { "data/a.csv": "1\n" }, private: true },
    ]);
    const home = mkdtempSync(join(tmpdir(), "wholesource-clients-"));
    try {
      const program = `
import json, sys
from modelscope_hub import HubApi
api = HubApi(endpoint=sys.argv[1] if len(sys.argv) > 1 else None)
files = [f for f in api.list_repo_files("o/m", "model") if f.type != "tree"]
data = [[f.path, f.size, f.sha256] for f in api.list_repo_files("o/d", "dataset") if f.type != "tree"]
text = api.legacy.download_stream("o/d", "dataset", "data/a.csv").text
print("\\n" + json.dumps([len(files), data, text]))`;
      const env = { MODELSCOPE_ENDPOINT: server.url.slice(0, -1), MODELSCOPE_API_TOKEN: server.token };
      const said = await python(program, home, env);
      const [count, data, text] = JSON.parse(said.trim().split("\n").at(-1) ?? "") as readonly unknown[];
      expect(count).toBe(3101);
      expect(data).toEqual([["data/a.csv", 2, expect.stringMatching(/^[0-9a-f]{64}$/)]]);
      expect(text).toBe("1\n");
    } finally {
      await server.close();
      rmSync(home, { recursive: true });
    }
  }, 60_000);
});
