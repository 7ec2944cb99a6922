/** What a stranger gets: the packed files, the notices, and the promises of package.json and the README. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { VERSION } from "../src/model/version.ts";

interface PackageJson {
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly dependencies: { readonly [name: string]: string };
  readonly devDependencies: { readonly [name: string]: string };
  readonly optionalDependencies: { readonly [name: string]: string };
}

const root = resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(resolve(root, file), "utf8");
const manifest: PackageJson = JSON.parse(read("package.json"));

/** `name version` and the licence of each package whose code is in the bundle. */
const bundled = [...read("dist/THIRD-PARTY-LICENSES.txt").matchAll(/^-+\n\n(\S+) \S+\nLicense: (.+)$/gm)].map(
  ([, name, license]) => ({ name, license }),
);

function packed(): readonly string[] {
  const [pack]: readonly { readonly files: readonly { readonly path: string }[] }[] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" }),
  );
  return pack?.files.map((file) => file.path) ?? [];
}

test("the package holds the program, its declarations, its notices and the sample", () => {
  const files = packed();
  const wanted = [
    "LICENSE",
    "NOTICE",
    "README.md",
    "CHANGELOG.md",
    "bin/wholesource.js",
    "dist/index.js",
    "dist/cli/main.js",
    "dist/types/index.d.ts",
    "dist/THIRD-PARTY-LICENSES.txt",
    "schema/manifest.schema.json",
    "samples/iris-softmax/wholesource.yaml",
    "samples/iris-softmax/weights/model.safetensors",
  ];
  expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
  expect(files.filter((file) => /^(?:src|test|scripts|bench)\/|\.map$|tsbuildinfo/.test(file))).toEqual([]);
});

test("NOTICE names each package that is inside the bundle, with its licence, and no other", () => {
  const named = [...read("NOTICE").matchAll(/^ {2}(\S+) +\((.+)\)$/gm)].map(([, name, license]) => ({ name, license }));
  expect(named).toEqual(bundled.toSorted((a, b) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1)));
});

test("each bundled package states its licence", () => {
  expect(bundled.length).toBeGreaterThan(5);
  expect(bundled.filter(({ license }) => license === "undefined")).toEqual([]);
});

test("the version is one", () => {
  expect(VERSION).toBe(manifest.version);
  expect(read("CHANGELOG.md")).toContain(`\n## ${manifest.version}`);
});

test("dependencies are exact", () => {
  const all = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("the bundler is the one that the tests run on", () => {
  const lock: { readonly packages: { readonly [path: string]: unknown } } = JSON.parse(read("package-lock.json"));
  expect(Object.keys(lock.packages).filter((path) => path.endsWith("node_modules/rolldown"))).toHaveLength(1);
});

test("the licence beside each local piece of the sample is the project's own", () => {
  expect(manifest.license).toBe("Apache-2.0");
  for (const folder of ["train", "weights"])
    expect(read(`samples/iris-softmax/${folder}/LICENSE`)).toBe(read("LICENSE"));
});

test("the README's two commands are the ones that are run before a change is taken", () => {
  const readme = read("README.md");
  const ci = read(".ci/run");
  expect(readme).toContain("npm ci && npm start");
  expect(readme).toMatch(/^ *npm cit\b/m);
  expect(ci).toMatch(/^npm cit$/m);
  expect(ci).toMatch(/^npm --silent start\b/m);
});

test("the README's library example runs", () => {
  const [, example] = /```js\n(.*?)```/s.exec(read("README.md")) ?? [];
  const said = execFileSync(process.execPath, ["--input-type=module", "--eval", example ?? ""], {
    cwd: root,
    encoding: "utf8",
  });
  expect(said).toMatch(/^training-data verified\ntraining-code verified\nweights verified\n/);
}, 60_000);

test("the README's manifest is a good one, and its digests are the sample's", () => {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(read("README.md")) ?? [];
  const lint = spawnSync(process.execPath, ["bin/wholesource.js", "lint", "-"], {
    cwd: root,
    input: example,
    encoding: "utf8",
  });
  expect(lint.stdout).toContain("0 errors, 0 warnings");
  expect(lint.status).toBe(0);
  const sample = read("samples/iris-softmax/wholesource.yaml");
  const digests = example.match(/"[0-9a-f]{40,}"/g) ?? [];
  expect(digests).toHaveLength(3);
  for (const digest of digests) expect(sample).toContain(digest);
});
