/** A token service as registries name it: signs what a real registry checks with its certificate. */
import { execFileSync } from "node:child_process";
import { createPrivateKey, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM. */
  readonly certificate: string;
  readonly asked: readonly {
    readonly method: string;
    readonly url: string;
    readonly authorization: string | undefined;
    readonly body: string;
  }[];
  /** A token for this scope, without asking. */
  token(scope: string): string;
  /** How the next tokens are given out. */
  behave(how: Partial<TokenBehaviour>): void;
  close(): Promise<void>;
}

export interface TokenBehaviour {
  /** Seconds that a token is said to be good for. */
  readonly life: number;
  /** What a login must be, `Basic ...`; undefined lets everybody in. */
  readonly login: string | undefined;
  /** A refresh token that is taken instead. */
  readonly identity: string | undefined;
  /** Answers this status and nothing else. */
  readonly status: number | undefined;
  /** Answers this body. */
  readonly body: string | undefined;
}

export async function startTokenServer(hostname = "127.0.0.1"): Promise<TokenServer> {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-tokens-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=tokens",
      "-days",
      "2",
      "-keyout",
      keyFile,
      "-out",
      certFile,
    ],
    { stdio: "ignore" },
  );
  const key = createPrivateKey(readFileSync(keyFile));
  const certificate = readFileSync(certFile, "utf8");
  rmSync(folder, { recursive: true });
  const [service, issuer] = ["registry.test", "tokens.test"];
  const x5c = [new X509Certificate(certificate).raw.toString("base64")];
  let how: TokenBehaviour = { life: 300, login: undefined, identity: undefined, status: undefined, body: undefined };
  const token = (scope: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const [type = "", name = "", actions = ""] = scope.split(":");
    const access = scope === "" ? [] : [{ type, name, actions: actions.split(",") }];
    const claims = {
      iss: issuer,
      sub: "",
      aud: service,
      exp: now + 600,
      nbf: now - 60,
      iat: now,
      jti: `${Math.random()}`,
      access,
    };
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${encode({ typ: "JWT", alg: "RS256", x5c })}.${encode(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  };
  const asked: { method: string; url: string; authorization: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, authorization: headers.authorization, body });
    const form = new URLSearchParams(body);
    const query = method === "POST" ? form : new URL(url, "http://x").searchParams;
    const isIn =
      method === "POST"
        ? form.get("refresh_token") === how.identity && form.get("grant_type") === "refresh_token"
        : how.login === undefined || headers.authorization === how.login;
    const status = how.status ?? (isIn ? 200 : 401);
    response.writeHead(status, { "content-type": "application/json" });
    const good = {
      [method === "POST" ? "access_token" : "token"]: token(query.get("scope") ?? ""),
      expires_in: how.life,
    };
    response.end(how.body ?? JSON.stringify(status === 200 ? good : { errors: [{ code: "UNAUTHORIZED" }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    realm: `http://${hostname}:${address.port}/token`,
    service,
    issuer,
    certificate,
    asked,
    token,
    behave(more) {
      how = { ...how, ...more };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
