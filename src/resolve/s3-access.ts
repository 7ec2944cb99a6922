/** Whether objects of a bucket that nobody lists are public: nothing but one of them can tell. */
import type { Resolved } from "./resolver.ts";
import type { S3Client } from "./s3-client.ts";

/** Objects that are asked before the question is given up: all of them may be missing, which looks like a lock. */
const MAX_QUESTIONS = 16;

/** Tries one object after another unsigned and signed, until one answers; the rest is asked in the way that worked. */
export function signWhereNeeded(client: S3Client): NonNullable<Resolved["authorize"]> {
  client.forgetSignature();
  let isKnown = false;
  let questions = 0;
  let waiting: Promise<void> = Promise.resolve();
  const learn = async (url: string): Promise<void> => {
    if (isKnown || questions >= MAX_QUESTIONS || !client.hasKeys) return;
    questions += 1;
    const key = client.keyOf(url);
    const answer = key === undefined ? undefined : await client.ask({ method: "HEAD", key });
    isKnown = answer?.status === "answered" && answer.httpStatus !== 401 && answer.httpStatus !== 403;
    if (!isKnown) client.forgetSignature();
  };
  return async ({ url }) => {
    waiting = waiting.then(() => learn(url));
    await waiting;
    return client.authorizationFor(url);
  };
}
