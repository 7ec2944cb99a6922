/** A real npm registry on loopback, empty at the start and gone at the end. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { needThat, type Suite } from "./need.ts";
import { freePort, startProgram } from "./program.ts";
import { verdaccioFolder } from "./verdaccio-folder.mjs";

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
export const needVerdaccio = (): Suite =>
  needThat(existsSync(program), "verdaccio", "node test/services/install-verdaccio.mjs");

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
  const close = await startProgram({ program: process.execPath, argv, folder, url: `${url}-/ping`, statuses: [200] });
  try {
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
