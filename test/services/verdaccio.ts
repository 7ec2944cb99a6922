/** A real npm registry on loopback, empty at the start and gone at the end. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe } from "vitest";
import { endWithUs } from "./ended.ts";
import { verdaccioFolder } from "./verdaccio-folder.mjs";

/** Milliseconds that the registry gets to answer for the first time. */
const startTimeout = 30_000;
const program = join(verdaccioFolder, "node_modules", "verdaccio", "bin", "verdaccio");

export interface Registry {
  /** With a `/` at the end. */
  readonly url: string;
  /** Of a user who may publish, and read `@private/*`. */
  readonly token: string;
  /** Publishes a package with these files; `package.json` is made from `manifest`. */
  publish(manifest: Readonly<Record<string, unknown>>, files?: Readonly<Record<string, string>>): void;
  npm(argv: readonly string[], cwd?: string): string;
  close(): Promise<void>;
}

/** `describe` for tests that need the registry; skipped with a word that says so where it is not installed. */
export function needVerdaccio(): (name: string, tests: () => void) => void {
  if (existsSync(program)) return describe;
  const message = "missing: verdaccio (node test/services/install-verdaccio.mjs gets it)";
  if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
  return (name, tests) => {
    process.stderr.write(`skipped: ${name}: ${message}\n`);
    describe.skip(name, tests);
  };
}

/** Starts it; `access` is who may read what is no private package. */
export async function startVerdaccio(access: "$all" | "$authenticated" = "$all"): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-verdaccio-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd"), algorithm: "bcrypt", rounds: 4 } },
    uplinks: {},
    packages: {
      "@private/*": { access: "$authenticated", publish: "$authenticated", unpublish: "$authenticated" },
      "**": { access, publish: "$authenticated", unpublish: "$authenticated" },
    },
    web: { enable: false },
    log: { type: "stdout", format: "json", level: "fatal" },
  };
  // YAML reads JSON.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const argv = [program, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`];
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: folder },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  endWithUs(child);
  const close = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(`${url}-/ping`);
    const token = await addUser(url);
    const userconfig = join(folder, "npmrc");
    writeFileSync(userconfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=${token}\n`);
    const env = { PATH: process.env.PATH, HOME: folder, npm_config_userconfig: userconfig };
    const npm = (args: readonly string[], cwd = folder): string => {
      const { status, stdout, stderr } = spawnSync("npm", [...args, "--no-update-notifier"], {
        cwd,
        env,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
      return stdout;
    };
    const publish: Registry["publish"] = (manifest, files = {}) => {
      const source = mkdtempSync(join(folder, "package-"));
      writeFileSync(join(source, "package.json"), JSON.stringify(manifest));
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(source, path)), { recursive: true });
        writeFileSync(join(source, path), text);
      }
      npm(["publish", "--access=public", "--provenance=false", "--ignore-scripts"], source);
    };
    return { url, token, publish, npm, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answering(url: string): Promise<void> {
  for (const until = Date.now() + startTimeout; Date.now() < until; await setTimeout(50)) {
    const reply = await fetch(url).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply?.ok === true) return;
  }
  throw new Error("verdaccio does not answer");
}

async function addUser(url: string): Promise<string> {
  const reply = await fetch(`${url}-/user/org.couchdb.user:tester`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "tester", password: "a-password-of-the-test" }),
  });
  const body: unknown = await reply.json();
  const token: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "token") : undefined;
  if (typeof token !== "string") throw new Error(`no token: ${JSON.stringify(body)}`);
  return token;
}
