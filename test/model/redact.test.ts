import { expect, test } from "vitest";
import { redactLocation, redactUrl } from "../../src/model/redact.ts";

test.each([
  ["https://host/path", "https://host/path"],
  ["https://user:pass@host/path", "https://host/path"],
  ["https://user@host", "https://host"],
  ["https://a:b@c:d@host/@scope/x", "https://host/@scope/x"],
  ["https://host/p?x=1&X-Amz-Signature=abc&y=2", "https://host/p?x=1&X-Amz-Signature=***&y=2"],
  ["https://host/?sig=a&token=b&key=c&access_token=d", "https://host/?sig=***&token=***&key=***&access_token=***"],
  ["https://host/?X%2DAmz%2DSecurity%2DToken=a", "https://host/?X%2DAmz%2DSecurity%2DToken=***"],
  ["https://host/?keyword=cats&page=2", "https://host/?keyword=cats&page=2"],
  ["https://host/?%zz=1&api_key=2", "https://host/?%zz=1&api_key=***"],
  ["https://host/x#access_token=abc", "https://host/x"],
  ["not a url?token=abc", "not a url?token=***"],
  ["", ""],
])("%s", (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

test.each([
  ["pkg:npm/a@1.0.0#sub/path", "pkg:npm/a@1.0.0#sub/path"],
  ["git+ssh://git@example.org/a.git", "git+ssh://git@example.org/a.git"],
  ["git+ssh://git:secret@example.org/a.git", "git+ssh://example.org/a.git"],
  ["git+https://user:secret@example.org/a.git#main", "git+https://example.org/a.git#main"],
  ["https://example.org/a?sig=secret&v=1#token=secret", "https://example.org/a?sig=***&v=1#token=***"],
  ["git@example.org:a/b.git", "git@example.org:a/b.git"],
  ["./data?sig=1", "./data?sig=***"],
])("the location %s is shown as %s", (uri, shown) => {
  expect(redactLocation(uri)).toBe(shown);
});
