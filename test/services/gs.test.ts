/** The server that stands for Google Cloud Storage is held to Google's own client. */
import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { needCloud, python } from "./cloud.ts";
import { startGs } from "./gs.ts";

const bytes = Buffer.from("0123456789".repeat(100));

needCloud()("google-cloud-storage", () => {
  test("lists in pages, describes, and reads by generation", async () => {
    const names = Array.from({ length: 2_345 }, (_, index) => `data/${index} \u00e9+&%<.bin`);
    const server = await startGs(
      {
        bucket: {
          anonymous: "list-and-read",
          objects: {
            ...Object.fromEntries(names.map((name) => [name, [{ bytes, generation: "1700000000000001" }]])),
            "model.bin": [
              { bytes, generation: "1700000000000002" },
              { bytes: bytes.subarray(0, 7), generation: "1700000000000001" },
            ],
          },
        },
      },
      "a-token",
    );
    onTestFinished(() => server.close());
    const seen = await python(`
import json
from google.api_core.exceptions import NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
client = storage.Client(project="p", credentials=AnonymousCredentials(), client_options={"api_endpoint": "${server.url.slice(0, -1)}"})
bucket = client.bucket("bucket")
listed = [blob.name for blob in client.list_blobs(bucket, prefix="data/")]
blob = bucket.get_blob("model.bin")
whole = blob.download_as_bytes(checksum="md5")
old = bucket.blob("model.bin", generation=1700000000000001).download_as_bytes(checksum="md5")
errors = []
try: bucket.blob("none").download_as_bytes()
except NotFound as error: errors.append(error.code)
print(json.dumps([listed, blob.size, blob.generation, blob.md5_hash, len(whole), len(old), errors]))
`);
    expect(seen).toEqual([
      names.sort(),
      1000,
      1700000000000002,
      createHash("md5").update(bytes).digest("base64"),
      1000,
      7,
      [404],
    ]);
  }, 60_000);
});
