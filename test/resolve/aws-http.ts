/** An http for which Amazon's host names lead to a server on loopback; every other address is as it is. */
import type { Http, HttpRequest } from "../../src/io/http.ts";

/** `server` is told which host was meant. Its own exchange is what is told of the answer. */
export function awsHttp(http: Http, server: string): Http {
  const moved = <Request extends HttpRequest>(request: Request): Request => {
    const url = new URL(request.url);
    if (!url.hostname.endsWith(".amazonaws.com")) return request;
    const at = server.slice(0, -1) + url.pathname + url.search;
    return { ...request, url: at, headers: { ...request.headers, "x-test-host": url.host } };
  };
  return {
    probe: (request) => http.probe(moved(request)),
    json: (request, schema, options) => http.json(moved(request), schema, options),
    text: (request, options) => http.text(moved(request), options),
    answer: (request, options) => http.answer(moved(request), options),
    download: (request, sink) => http.download(moved(request), sink),
    close: () => http.close(),
  };
}
