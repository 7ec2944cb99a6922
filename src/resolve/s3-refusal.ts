/** What S3 means by its refusals: the code in the answer says more than the status. */

import type { Answer } from "../io/http.ts";
import type { Refusal, RefusalReason } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { childText, parseXml } from "./xml.ts";

/** What an error document of S3 says. Foreign text. */
export interface S3Error {
  readonly code: string;
  readonly message: string;
  readonly region?: string;
  readonly serverTime?: string;
  readonly requestTime?: string;
}

/** Characters of a host's own message that are repeated. */
const MESSAGE_MAX_LENGTH = 200;

/** Reads an error document; undefined for any other answer, and for HEAD, whose answers have none. */
export function s3Error({ bytes }: Pick<Answer, "bytes">): S3Error | undefined {
  if (bytes.length === 0) return undefined;
  const root = parseXml(new TextDecoder().decode(bytes));
  const code = root?.name === "Error" ? childText(root, "Code") : undefined;
  if (code === undefined) return undefined;
  const optional = (name: string) => childText(root, name)?.slice(0, MESSAGE_MAX_LENGTH);
  const [region, serverTime, requestTime] = ["Region", "ServerTime", "RequestTime"].map(optional);
  return {
    code: code.slice(0, MESSAGE_MAX_LENGTH),
    message: optional("Message") ?? "",
    ...(region === undefined ? {} : { region }),
    ...(serverTime === undefined ? {} : { serverTime }),
    ...(requestTime === undefined ? {} : { requestTime }),
  };
}

/** How the question was put, for the words of the refusal. */
export interface Asked {
  readonly signed: boolean;
  /** Why there are no keys although a profile has something. */
  readonly unsupported: string | undefined;
  readonly deleted: boolean;
}

/** True for a denial that says nothing against the credentials themselves. */
export function isPlainDenial({ httpStatus, reason, errorCode }: Refusal): boolean {
  return httpStatus === 403 && reason === "forbidden" && (errorCode === undefined || errorCode === "AccessDenied");
}

/** The refusal that an answer which is no success stands for. */
export function s3Refusal(answer: Answer, asked: Asked): Refusal {
  const { httpStatus, refusal } = answer;
  const { attempts: _tries, ...at } = refusal ?? {};
  const error = s3Error(answer);
  const say = (reason: RefusalReason, message: string): Refusal =>
    refuse(reason, message, { ...at, httpStatus, ...(error === undefined ? {} : { errorCode: error.code }) });
  const said = error === undefined ? `\`${httpStatus}\`` : `\`${httpStatus} ${error.code}\``;
  if (httpStatus === 404 && asked.deleted) return say("gone", `the host answered ${said}: the object was deleted`);
  switch (error?.code) {
    case "NoSuchBucket":
      return say("not-found", `the host answered ${said}: there is no such bucket`);
    case "NoSuchKey":
      return say("not-found", `the host answered ${said}: there is no such key in the bucket`);
    case "NoSuchVersion":
      return say("revision-not-found", `the host answered ${said}: the object has no such version`);
    case "InvalidArgument":
      if (/version/i.test(error.message))
        return say("revision-not-found", `the host answered ${said}: this is no version id`);
      break;
    case "InvalidObjectState":
      return say(
        "archived",
        `the host answered ${said}: the object is archived, and has to be restored before it can be read`,
      );
    case "AllAccessDisabled":
    case "AccountProblem":
      return say("forbidden", `the host answered ${said}: the host or the owner closed this bucket`);
    case "RequestTimeTooSkewed": {
      const times = error.serverTime === undefined ? "" : ` (there it is \`${error.serverTime}\`)`;
      return say(
        "status-unexpected",
        `the host answered ${said}: this machine's clock differs too much from the host's${times}`,
      );
    }
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidToken":
    case "ExpiredToken":
    case "TokenRefreshRequired":
    case "InvalidSecurity":
      return say(
        "authentication-required",
        `the host answered ${said}: it does not accept the keys of this environment`,
      );
    case "SlowDown":
      return say("rate-limited", `the host answered ${said}: it asks for fewer requests`);
    case "InvalidRequest":
      if (/encrypt/i.test(error.message))
        return say("forbidden", `the host answered ${said}: the object is encrypted with a key of its owner`);
      break;
    default:
      break;
  }
  if (httpStatus === 403 || httpStatus === 401)
    return say(httpStatus === 401 ? "authentication-required" : "forbidden", denied(said, asked));
  if (httpStatus >= 300 && httpStatus < 400) {
    return say(
      "redirect-invalid",
      `the host answered ${said}: the bucket is somewhere else, and the host did not say where`,
    );
  }
  if (refusal !== undefined && error === undefined) return refusal;
  return say(
    refusal?.reason ?? "status-unexpected",
    `the host answered ${said}${error === undefined ? "" : `: ${error.message}`}`,
  );
}

/** S3 answers 404 only to those who may list: to everybody else a missing key looks like a locked one. */
function denied(said: string, { signed, unsupported }: Asked): string {
  const who = signed ? "to these keys" : "to the public";
  const more =
    unsupported === undefined
      ? ""
      : `; the profile's \`${unsupported}\` is not followed: put keys into the environment`;
  const pays = signed ? ", or its reader has to pay (`AWS_REQUEST_PAYER=requester` agrees to that)" : "";
  return `the host answered ${said}: closed ${who}, or missing${pays}; this host does not tell which${more}`;
}
