/** Real Python package indexes on loopback over a folder of packages, and pip to ask them as its own users do. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needThat, type Suite } from "./need.ts";
import { freePort, startProgram } from "./program.ts";
import { pypiFolder } from "./pypi-folder.mjs";

const bin = join(pypiFolder, "bin");

/** A package to be made: a wheel and a source distribution of these files. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** Further lines of the core metadata. */
  readonly metadata?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly only?: "wheel" | "source";
}

export interface PythonIndex {
  /** Of the simple API, with a `/` at the end. */
  readonly url: string;
  /** The folder with the packages. */
  readonly folder: string;
  close(): Promise<void>;
}

/** `describe` for tests that need the indexes; skipped with a word that says so where they are not installed. */
export const needPypi = (): Suite =>
  needThat(existsSync(join(pypiFolder, "done")), "Python indexes", "node test/services/install-pypi.mjs");

/** Makes packages with Python's own archive modules: `<folder>/<project>/<file>`. */
export function makePackages(folder: string, packages: readonly PythonPackage[]): void {
  const program = `
import io, json, os, sys, tarfile, zipfile
for p in json.load(sys.stdin):
    stem = p["name"].replace("-", "_") + "-" + p["version"]
    home = os.path.join(sys.argv[1], p["name"]); os.makedirs(home, exist_ok=True)
    meta = "Metadata-Version: 2.4\\nName: %s\\nVersion: %s\\n%s\\nThe description.\\n" % (p["name"], p["version"], p.get("metadata", ""))
    files = p.get("files", {})
    if p.get("only") != "source":
        with zipfile.ZipFile(os.path.join(home, stem + "-py3-none-any.whl"), "w") as archive:
            for path, text in files.items(): archive.writestr(path, text)
            archive.writestr(stem + ".dist-info/METADATA", meta)
            archive.writestr(stem + ".dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
            archive.writestr(stem + ".dist-info/RECORD", "")
    if p.get("only") != "wheel":
        with tarfile.open(os.path.join(home, stem + ".tar.gz"), "w:gz") as archive:
            for path, text in {"PKG-INFO": meta, **files}.items():
                info = tarfile.TarInfo(stem + "/" + path); data = text.encode(); info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
`;
  const { status, stderr } = spawnSync("python3", ["-c", program, folder], {
    input: JSON.stringify(packages),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

/** Starts the index that speaks JSON. */
export function startJsonIndex(packages: readonly PythonPackage[]): Promise<PythonIndex> {
  return start(packages, "simple-repository-server", ({ port, folder }) => [
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    folder,
  ]);
}

/** Starts the index that speaks HTML alone, and only to `tester` with this password. */
export function startHtmlIndex(packages: readonly PythonPackage[], password: string): Promise<PythonIndex> {
  return start(packages, "pypi-server", ({ port, folder }) => {
    const code = "import sys; from passlib.hash import apr_md5_crypt as h; print('tester:' + h.hash(sys.argv[1]))";
    const { stdout } = spawnSync(join(bin, "python"), ["-c", code, password], { encoding: "utf8" });
    const users = `${folder}.users`;
    writeFileSync(users, stdout);
    return ["run", "-i", "127.0.0.1", "-p", String(port), "-P", users, "-a", "download,list,update", folder];
  });
}

async function start(
  packages: readonly PythonPackage[],
  program: string,
  argv: (place: { readonly port: number; readonly folder: string }) => readonly string[],
): Promise<PythonIndex> {
  const home = mkdtempSync(join(tmpdir(), "wholesource-pypi-"));
  const folder = join(home, "packages");
  mkdirSync(folder);
  makePackages(folder, packages);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/simple/`;
  // Any answer will do: one of the indexes asks for a password first.
  const close = await startProgram({ program: join(bin, program), argv: argv({ port, folder }), folder: home, url });
  return { url, folder, close };
}

/** Lets pip fetch from an index into `folder`; its words when it refuses. */
export async function pipDownload(index: string, folder: string, ...argv: readonly string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "wholesource-pip-"));
  const env = { PATH: process.env.PATH, HOME: home, PIP_CONFIG_FILE: "/dev/null" };
  const options = ["--no-deps", "--no-cache-dir", "--no-input", "--no-build-isolation", "--disable-pip-version-check"];
  const args = ["download", ...options, "--index-url", index, "--dest", folder, ...argv];
  const child = spawn(join(bin, "pip"), args, { env, cwd: home, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => {
    words += chunk.toString("utf8");
  });
  await new Promise((resolve) => child.once("close", resolve));
  rmSync(home, { recursive: true, force: true });
  return words;
}

/** The index that pip would ask with this environment, as its own help says. */
export function pipConfigOf(env: Readonly<Record<string, string>>): string | undefined {
  const { stdout } = spawnSync("python3", ["-m", "pip", "download", "--help"], {
    env: { PATH: process.env.PATH, COLUMNS: "1000", ...env },
    encoding: "utf8",
  });
  return /--index-url.*\(default (\S+)\)/.exec(stdout)?.[1];
}
