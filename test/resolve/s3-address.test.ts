import { describe, expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { awsBucketUrl, awsHost, parseS3 } from "../../src/resolve/s3-address.ts";

const at = (bucket: string, key: string, region?: string) => ({
  bucket,
  key,
  atAws: true,
  ...(region === undefined ? {} : { region }),
});

test.each<[string, object | undefined]>([
  ["s3://data", { bucket: "data", key: "" }],
  ["s3://data/", { bucket: "data", key: "" }],
  ["S3://data/a/b c+%20?#.bin", { bucket: "data", key: "a/b c+%20?#.bin" }],
  ["s3://data/a/", { bucket: "data", key: "a/" }],
  ["s3://data/a?versionId=x.Y_1", { bucket: "data", key: "a", version: "x.Y_1" }],
  ["s3://data/a?versionId=", undefined],
  ["s3://", undefined],
  ["s3:///a", undefined],
  ["s3://data//a", undefined],
  ["s3://data/a//b", undefined],
  ["s3://data/../other", undefined],
  ["s3://da ta/a", undefined],
  ["https://data.s3.eu-west-1.amazonaws.com/a/b%20c.bin", at("data", "a/b c.bin", "eu-west-1")],
  ["http://my.data.s3.amazonaws.com/a%2Bb", at("my.data", "a+b")],
  ["https://s3.us-gov-west-1.amazonaws.com/data/a", at("data", "a", "us-gov-west-1")],
  ["https://s3.amazonaws.com/data/a/", at("data", "a/")],
  ["https://s3-us-west-2.amazonaws.com/data", at("data", "", "us-west-2")],
  ["https://data.s3-us-west-2.amazonaws.com/a", at("data", "a", "us-west-2")],
  ["https://data.s3.dualstack.ap-southeast-2.amazonaws.com/a", at("data", "a", "ap-southeast-2")],
  ["https://data.s3-accelerate.amazonaws.com/a", at("data", "a")],
  ["https://data.s3.cn-north-1.amazonaws.com.cn/a", at("data", "a", "cn-north-1")],
  ["https://data.s3.amazonaws.com/a?versionId=v1", { ...at("data", "a"), version: "v1" }],
  ["https://data.s3.amazonaws.com/?list-type=2&prefix=a%2F", at("data", "a/")],
  ["https://data.s3.amazonaws.com/?prefix=a", undefined],
  ["https://data.s3.amazonaws.com/?delimiter=/", undefined],
  ["https://data.s3.amazonaws.com/a?X-Amz-Signature=1&versionId=2", undefined],
  ["https://data.s3.amazonaws.com/a/../b", undefined],
  ["https://data.s3.amazonaws.com/a/%2e%2e/b", undefined],
  ["https://data.s3.amazonaws.com/%E0", undefined],
  ["https://data.s3.amazonaws.com:8443/a", undefined],
  ["https://data.s3-website-us-east-1.amazonaws.com/a", undefined],
  ["https://ec2.us-east-1.amazonaws.com/", undefined],
  ["https://s3.amazonaws.com/", undefined],
  ["https://s3.amazonaws.com.example.org/data/a", undefined],
  ["https://example.org/data/a", undefined],
  ["https://s3.console.aws.amazon.com/s3/buckets/data?region=eu-west-1&prefix=a/b/", at("data", "a/b/", "eu-west-1")],
  ["https://us-east-1.console.aws.amazon.com/s3/object/data?prefix=a.bin", at("data", "a.bin", "us-east-1")],
  ["https://us-east-1.console.aws.amazon.com/ec2/home", undefined],
])("%s", (uri, ref) => {
  expect(parseS3({ uri })).toEqual(ref);
});

test.each<[Omit<Location, "uri">, string, object | undefined]>([
  [{ path: "x/y" }, "s3://data/a/", { key: "a/x/y" }],
  [{ path: "x" }, "s3://data", { key: "x" }],
  [{ path: "x" }, "s3://data/a", { key: "a/x" }],
  [{ path: "../x" }, "s3://data/a/", undefined],
  [{ path: "x", unpack: true }, "s3://data/a.zip", { key: "a.zip", members: "x" }],
  [{ unpack: true }, "s3://data/a/", undefined],
  [{ revision: "v1" }, "s3://data/a", { key: "a", version: "v1" }],
  [{ revision: "v1" }, "s3://data/a?versionId=v2", { key: "a", version: "v2" }],
])("%j of %s", (more, uri, ref) => {
  const read = parseS3({ uri, ...more });
  expect(read).toEqual(ref === undefined ? undefined : { bucket: "data", ...ref });
});

describe("a bucket's address", () => {
  test.each([
    ["data", "us-east-1", "https://data.s3.us-east-1.amazonaws.com/"],
    ["my.data", "eu-west-1", "https://s3.eu-west-1.amazonaws.com/my.data/"],
    ["Old_Data", "us-east-1", "https://s3.us-east-1.amazonaws.com/Old_Data/"],
    ["data", "cn-north-1", "https://data.s3.cn-north-1.amazonaws.com.cn/"],
  ])("%s in %s", (bucket, region, url) => {
    expect(awsBucketUrl(bucket, region)).toBe(url);
    const { hostname, pathname } = new URL(url);
    const read = awsHost(hostname);
    expect([read?.bucket ?? pathname.split("/")[1], read?.region]).toEqual([bucket, region]);
  });
});
