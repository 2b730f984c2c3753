// Every error as an RFC 9457 problem. An error says something to the client only if it is a refusal: a Moleculer client
// error with a 4xx code. All else is ours to know, and becomes one sentence with the request's id.
// Judged by name, type and code: an error that came over the wire has lost its class.
import type { Refusal } from "../../../contract/contract.ts";
import type { GatewayCode } from "../errors.ts";
import { gateway } from "../gateway.contract.ts";

export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: { code: string; status: number; [member: string]: unknown };
  /** Nobody foresaw it, so the log should hold all of it. */
  unexpected: boolean;
}

/** Stable sentences by code, for the `title`. */
export type Titles = ReadonlyMap<string, string>;

interface Thrown {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  type?: unknown;
  data?: unknown;
}

// Moleculer's own, and what our services throw when they are full. A missing service is never the client's 404.
const FRAMEWORK: Readonly<Record<string, GatewayCode>> = {
  SERVICE_NOT_FOUND: "service_unavailable",
  SERVICE_NOT_AVAILABLE: "service_unavailable",
  ServiceUnavailableError: "service_unavailable",
  BrokerDisconnectedError: "service_unavailable",
  REQUEST_TIMEOUT: "timeout",
  REQUEST_SKIPPED: "timeout",
  QUEUE_FULL: "overloaded",
  REQUEST_REJECTED: "overloaded",
  OVERLOADED: "overloaded",
};

const RESERVED = new Set(["type", "title", "status", "detail", "instance", "code", "requestId", "__proto__"]);

/** @param instance the path that was asked for, without its query */
export function problemOf(error: unknown, titles: Titles, instance: string, requestId: string): Problem {
  const thrown: Thrown = typeof error === "object" && error !== null ? error : {};
  const about = refusalOf(thrown) ?? frameworkProblem(thrown);
  const { status, code, detail, members } = about ?? ours("internal_error");
  return {
    status,
    headers: headersFor(status, code, members),
    body: {
      type: `urn:commerce:problem:${code}`,
      title: titles.get(code) ?? detail,
      status,
      detail,
      instance,
      code,
      requestId,
      ...members,
    },
    unexpected: about === undefined,
  };
}

interface About {
  status: number;
  code: string;
  detail: string;
  members: Record<string, unknown>;
}

const ours = (code: GatewayCode): About => {
  const { status, message }: Refusal = gateway.errors[code];
  return { status, code, detail: message, members: {} };
};

function frameworkProblem({ type, name }: Thrown): About | undefined {
  const code = FRAMEWORK[String(type)] ?? FRAMEWORK[String(name)];
  return code && ours(code);
}

function refusalOf({ name, message, code, type, data }: Thrown): About | undefined {
  const status = Number(code);
  if (name !== "MoleculerClientError" || !Number.isInteger(status) || status < 400 || status > 499) return undefined;
  if (typeof type !== "string" || !/^[A-Z][A-Z0-9_]*$/.test(type)) return undefined;
  return { status, code: type.toLowerCase(), detail: String(message), members: plain(data) };
}

/** Data as JSON would carry it; what JSON cannot carry is left out. */
function plain(data: unknown): Record<string, unknown> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return {};
  try {
    const copy: object = JSON.parse(JSON.stringify(data));
    return Object.fromEntries(Object.entries(copy).filter(([name]) => !RESERVED.has(name)));
  } catch {
    return {};
  }
}

function headersFor(status: number, code: string, members: Record<string, unknown>): Record<string, string> {
  if (status === 401) return { "WWW-Authenticate": challengeOf(code, members) };
  if (status === 405) return { Allow: String(members.allow ?? "") };
  if (status === 429 || status === 503) return { "Retry-After": String(seconds(members.retryAfter)) };
  return {};
}

/** RFC 6750, and RFC 9470 where a token is good but its proof is too old. */
function challengeOf(code: string, { maxAge }: Record<string, unknown>): string {
  if (code === "reauthentication_required")
    return `Bearer error="insufficient_user_authentication", max_age="${seconds(maxAge)}"`;
  return code.startsWith("token_") ? 'Bearer error="invalid_token"' : "Bearer";
}

const seconds = (asked: unknown): number => (typeof asked === "number" && asked > 0 ? Math.ceil(asked) : 1);

/** The titles of all codes: the sentences that the contracts declare, over the gateway's own. */
export function titlesOf(declared: Iterable<{ errors: Record<string, Refusal> }>): Titles {
  const titles = new Map<string, string>();
  for (const { errors } of declared)
    for (const [code, { message }] of Object.entries(errors)) titles.set(code, message);
  for (const [code, { message }] of Object.entries(gateway.errors)) titles.set(code, message);
  return titles;
}
