/** Every secret that we take, used once: afterwards it is searched for in everything that was written, said or sent. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { needCloud } from "../services/cloud.ts";
import { find, need } from "../services/need.ts";
import { needPypi } from "../services/pypi-index.ts";
import { needVerdaccio } from "../services/verdaccio.ts";
import { entry, writeManifest } from "./release.ts";
import { type Secret, type SecretsWorld, startSecretsWorld } from "./secrets-world.ts";

const program = resolve(import.meta.dirname, "../../bin/wholesource.js");
/** Milliseconds between two looks at what runs on this machine. */
const LOOK_EVERY = 10;
/** Programs that may be started on the way; each start is written down. */
const wrapped = ["git", "npm", "pip", "python3", "python"] as const;

/** What a secret looks like where it was not left as it is. */
function formsOf({ value, user }: Secret): readonly string[] {
  const base64 = (text: string): string => Buffer.from(text).toString("base64").replace(/=+$/, "");
  const encoded = [value, encodeURIComponent(value), decodeURIComponent(value), base64(value)];
  const urlSafe = Buffer.from(value).toString("base64url");
  return [...new Set([...encoded, urlSafe, ...(user === undefined ? [] : [base64(`${user}:${value}`)])])];
}

/** Names and contents of all that lies below a folder. */
function* textsBelow(folder: string): Generator<readonly [place: string, text: string]> {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    yield [`the name of ${name}`, name];
    const file = join(folder, name);
    if (statSync(file).isFile()) yield [name, readFileSync(file, "latin1")];
  }
}

const needAll = (name: string, tests: () => void): void =>
  needCloud()(name, () =>
    needVerdaccio()(name, () =>
      needPypi()(name, () => need("git", "nginx", "fcgiwrap", "docker-registry", "htpasswd")(name, tests)),
    ),
  );

needAll("secrets", () => {
  let root: string;
  let world: SecretsWorld;
  const cmdlines = new Set<string>();

  /** The program in the user's own world; what it wrote on both streams. */
  async function wholesource(...argv: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const home = join(root, "home");
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: home,
      env: {
        ...world.environment,
        HOME: home,
        PATH: `${join(home, "bin")}:${process.env.PATH ?? ""}`,
        TMPDIR: join(root, "scratch"),
        WHOLESOURCE_ENDPOINTS: Object.entries(world.endpoints)
          .map((pair) => pair.join("="))
          .join(" "),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
    });
    // Whoever resolves an address has it among their own arguments.
    const { pid } = child;
    const isWatched = argv[0] === "verify" && pid !== undefined;
    const looking = isWatched ? setInterval(() => lookAtProcesses(pid), LOOK_EVERY) : undefined;
    const code = await new Promise((done) => child.once("close", done));
    clearInterval(looking);
    return { code, ...said };
  }

  /** What anybody on this machine may read of a process, and of those that it started. */
  function lookAtProcesses(pid: number): void {
    const all = readdirSync("/proc").flatMap((name) => {
      const of = /^\d+$/.test(name) ? statusOf(name) : undefined;
      return of === undefined ? [] : [of];
    });
    const watched = new Set([pid]);
    // Whoever starts another is older, and so has the smaller number unless these began anew.
    for (const { own, parent, cmdline } of all.sort((a, b) => a.own - b.own)) {
      if (!watched.has(own) && !watched.has(parent)) continue;
      watched.add(own);
      cmdlines.add(cmdline);
    }
  }

  function statusOf(pid: string): { own: number; parent: number; cmdline: string } | undefined {
    try {
      const parent = Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
      return { own: Number(pid), parent, cmdline: readFileSync(`/proc/${pid}/cmdline`, "utf8") };
    } catch {
      // It has ended.
      return undefined;
    }
  }

  /** Every place where a secret is that must not be there. */
  function leaks(texts: Iterable<readonly [place: string, text: string]>, secrets = world.secrets): readonly string[] {
    const forms = secrets.map((secret) => ({ name: secret.name, forms: formsOf(secret) }));
    return [...texts].flatMap(([place, text]) =>
      forms.flatMap((secret) =>
        secret.forms.some((form) => text.includes(form)) ? [`${secret.name} in ${place}`] : [],
      ),
    );
  }

  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "wholesource-secrets-")));
    for (const folder of ["home", "scratch", "started", "out", "release"]) mkdirSync(join(root, folder));
    world = await startSecretsWorld(join(root, "home"));
    // Whatever is started first tells what it was given, and keeps a copy of the scratch folders.
    for (const name of wrapped) {
      const real = find(name);
      if (real === undefined) continue;
      const at = join(root, "started");
      const lines = [
        "#!/bin/sh",
        `tr '\\0' '\\n' < /proc/$$/cmdline > ${at}/${name}-$$.argv`,
        `tr '\\0' '\\n' < /proc/$$/environ > ${at}/${name}-$$.environ`,
        `${real} "$@"`,
        "code=$?",
        `cp -r ${root}/scratch ${at}/${name}-$$.scratch 2> /dev/null`,
        "exit $code",
      ];
      const file = join(root, "home/bin", name);
      writeFileSync(file, `${lines.join("\n")}\n`);
      chmodSync(file, 0o755);
    }
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("are used, and told to nobody but the one they belong to", async () => {
    const pieces = world.pieces.map(({ id, uri, unpack, bytes }) => ({
      id,
      licenseDeclared: "NOASSERTION",
      locations: [unpack === true ? { uri, unpack } : uri],
      files: [entry("model.bin", bytes)],
    }));
    const manifest = await writeManifest(join(root, "release"), pieces);
    const out = join(root, "out");
    const outputs = ["json", "markdown"].flatMap((format) => ["--output", `${format}=${join(out, format)}`]);
    const verified = await wholesource(
      ...["verify", manifest, "--debug", "--allow-private", "--retries", "0", "--store", join(root, "store")],
      ...["--evidence", join(out, "evidence"), "--keep-bad", "--archived", ...outputs],
    );
    const report: { readonly pieces: readonly { readonly id: string; readonly outcome: string }[] } = JSON.parse(
      readFileSync(join(out, "json"), "utf8"),
    );
    const resolved = await Promise.all(
      world.pieces.flatMap(({ id, uri }) =>
        (uri.startsWith("http") ? ["json", "text"] : ["json"]).map(async (format) => {
          const { stdout, stderr } = await wholesource(
            "--debug",
            "resolve",
            uri,
            "--allow-private",
            "--format",
            format,
          );
          return [`resolve --format ${format} of ${id}`, stdout + stderr] as const;
        }),
      ),
    );

    // Nobody declared a licence, or all but the last would be verified.
    expect(report.pieces.map(({ id, outcome }) => [id, outcome])).toEqual(
      world.pieces.map(({ id, refused }) => [id, refused === true ? "inconclusive" : "resolved"]),
    );
    // Each was of use to the one it belongs to, or it proves nothing that nobody else has it.
    const unused = world.secrets.filter(
      (secret) =>
        !secret.belongsTo.every((host) => leaks([[host, world.hosts[host]?.heard() ?? ""]], [secret]).length > 0),
    );
    expect(unused.map(({ name }) => name)).toEqual([]);

    expect(leaks([["standard output", verified.stdout], ["standard error", verified.stderr], ...resolved])).toEqual([]);
    expect(leaks(textsBelow(out))).toEqual([]);
    expect(leaks(textsBelow(join(root, "store")))).toEqual([]);
    expect(leaks(textsBelow(join(root, "scratch")))).toEqual([]);
    expect([...cmdlines].some((line) => line.includes("--git-dir="))).toBe(true);
    expect(leaks([...cmdlines].map((line) => [line.replaceAll("\0", " "), line]))).toEqual([]);
    for (const [host, { heard }] of Object.entries(world.hosts)) {
      const others = world.secrets.filter(({ belongsTo }) => !belongsTo.includes(host));
      expect(leaks([[host, heard()]], others)).toEqual([]);
    }
    const started = join(root, "started");
    expect(readdirSync(started).filter((name) => name.startsWith("git"))).not.toEqual([]);
    const gitsOwn = world.secrets.filter(({ belongsTo }) => !belongsTo.includes("git"));
    expect(leaks(textsBelow(started), gitsOwn)).toEqual([]);
    expect(leaks([...textsBelow(started)].filter(([name]) => !name.endsWith(".environ")))).toEqual([]);
    // Nothing is left of the scratch folders, and there was something in the store to search.
    expect(readdirSync(join(root, "scratch"))).toEqual([]);
    expect([...textsBelow(join(root, "store"))].length).toBeGreaterThan(world.pieces.length);
  }, 120_000);
});
