/** The server that stands for Amazon S3 is held to Amazon's own client: what that can not read, the server has wrong. */
import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { needCloud, python } from "./cloud.ts";
import { startS3 } from "./s3.ts";

const keys = { accessKeyId: "AKIATEST", secretAccessKey: "a/secret+key", sessionToken: "a.session/token==" };
const bytes = Buffer.from("0123456789".repeat(100));
const sha256 = createHash("sha256").update(bytes).digest("base64");

needCloud()("boto3", () => {
  test("signs, lists in pages, reads whole and in part, by version and with checksums", async () => {
    const names = Array.from({ length: 2_345 }, (_, index) => `data/${index} \u00e9+&%<\u0001.bin`);
    const server = await startS3({
      keys,
      region: "eu-west-1",
      buckets: {
        private: {
          anonymous: "nothing",
          objects: {
            ...Object.fromEntries(names.map((name) => [name, bytes.subarray(0, 3)])),
            "model.bin": [
              { id: "v2", bytes, checksums: { "x-amz-checksum-sha256": sha256, "x-amz-checksum-type": "FULL_OBJECT" } },
              { id: "v1", bytes: bytes.subarray(0, 7) },
            ],
            "cold.bin": [{ bytes, storageClass: "GLACIER" }],
          },
        },
      },
    });
    onTestFinished(() => server.close());
    const seen = await python(
      `
import boto3, json, botocore
s3 = boto3.client("s3", endpoint_url="${server.url}", config=botocore.config.Config(s3={"addressing_style": "path"}))
listed = [o["Key"] for p in s3.get_paginator("list_objects_v2").paginate(Bucket="private", Prefix="data/") for o in p["Contents"]]
head = s3.head_object(Bucket="private", Key="model.bin", ChecksumMode="ENABLED")
whole = s3.get_object(Bucket="private", Key="model.bin", ChecksumMode="ENABLED")["Body"].read()
old = s3.get_object(Bucket="private", Key="model.bin", VersionId="v1")["Body"].read()
part = s3.get_object(Bucket="private", Key="model.bin", Range="bytes=10-14")["Body"].read()
errors = []
for ask in [dict(Key="none"), dict(Key="cold.bin"), dict(Key="model.bin", VersionId="v0"), dict(Bucket="other", Key="a")]:
    try: s3.get_object(**{"Bucket": "private", **ask})
    except botocore.exceptions.ClientError as error: errors.append(error.response["Error"]["Code"])
print(json.dumps([listed, head["ChecksumSHA256"], head["VersionId"], len(whole), len(old), part.decode(), errors]))
`,
      {
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_SESSION_TOKEN: keys.sessionToken,
        AWS_DEFAULT_REGION: "eu-west-1",
        AWS_EC2_METADATA_DISABLED: "true",
      },
    );
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const errors = ["NoSuchKey", "InvalidObjectState", "NoSuchVersion", "NoSuchBucket"];
    expect(seen).toEqual([sorted, sha256, "v2", 1000, 7, "01234", errors]);
    expect(server.asked.filter(({ url }) => url.includes("list-type=2"))).toHaveLength(3);
  }, 60_000);
});
