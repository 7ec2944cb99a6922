import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { mergeWarcs } from "../../src/archive/warc-merge.ts";
import { verify } from "../../src/run/verify.ts";
import { sha256 } from "../io/http-rig.ts";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";

const desk = mkdtempSync(join(tmpdir(), "wholesource-warc-verify-"));
afterAll(() => rmSync(desk, { recursive: true, force: true }));

need("nginx")("a verification that is recorded", () => {
  test("has every question and every payload in its web archive, and reports the same as one that is not", async () => {
    const nginx = await startNginx();
    const bytes = "weights\n";
    writeFileSync(join(nginx.root, "model.bin"), bytes);
    const manifest = JSON.stringify({
      schemaVersion: "1",
      name: "tiny",
      version: "1",
      pieces: [
        {
          id: "weights",
          kind: "weights",
          locations: [`${nginx.origin}/`],
          files: [{ path: "model.bin", size: bytes.length, digest: { sha256: sha256(bytes) } }, { path: "absent.bin" }],
        },
      ],
    });
    const source = { uri: "wholesource.json", bytes: Buffer.from(manifest) };
    const now = () => new Date(0);
    const options = { allowPrivate: true, retries: 0, now };
    const record = join(desk, "exchanges");
    const plain = await verify(source, options);
    expect(readdirSync(desk)).toEqual([]);
    const seen = await verify(source, { ...options, record });
    await nginx.close();
    expect({ ...seen, durationSeconds: 0 }).toEqual({ ...plain, durationSeconds: 0 });
    const file = join(desk, "exchanges.warc.gz");
    const merged = await mergeWarcs(record, file, { time: "2026-01-01T00:00:00Z", agent: "a", scratch: desk });
    expect(merged.exchanges).toBeGreaterThanOrEqual(2);
    const text = gunzipSync(readFileSync(file)).toString("latin1");
    expect(text).toMatch(
      /WARC-Target-URI: [^\r]*\/model\.bin\r\n(?:[^\r]+\r\n)*\r\nHTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*\r\nweights\n/,
    );
    expect(text).toMatch(/WARC-Target-URI: [^\r]*\/absent\.bin\r\n(?:[^\r]+\r\n)*\r\nHTTP\/1\.1 404 Not Found\r\n/);
  });
});
