// How an action is reached over HTTP: where its parameters come from, how a body is taken, and what is answered.
import type { Readable } from "node:stream";
import { type TSchema, Type } from "typebox";
import type { RouteClass } from "./route-classes.ts";

/** `image/png`, in small letters and without parameters. */
export type MediaType = `${string}/${string}`;
export type RedirectStatus = 302 | 303 | 307;

/** Parameters from a JSON object. */
interface AsJson {
  as: "json";
}
/** As `json`, or a `text/csv` body into this parameter as it came. */
interface AsCsv {
  as: "csv";
  into: string;
}
/** The JSON body as text into this parameter, exactly as it came and unparsed: for bodies whose bytes are signed. */
interface AsRaw {
  as: "raw";
  into: string;
}
/**
 * Not read by the gateway, but handed to the action as `ctx.stream`. Parameters come from the query, as for a GET. The
 * action's `timeout` has to be long enough for the body to arrive.
 */
interface AsStream {
  as: "stream";
  types: readonly MediaType[];
}

/** How the body of a request is taken. */
export type BodyTaking = AsJson | AsCsv | AsRaw | AsStream;

/** Parameters named in the path come from it, others from the query (GET, DELETE) or the body, but for those in `query`. */
export interface HttpBinding<Result = never> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: `/${string}`;
  summary: string;
  /** 200 unless said otherwise, or nothing but a redirect is answered; 204 sends no body. */
  status?: 200 | 201 | 202 | 204;
  /** Bytes that are accepted; 100 kB unless said otherwise. */
  bodyLimit?: number;
  /** As JSON unless said otherwise. */
  takes?: BodyTaking;
  /** Parameters that come from the query although there is a body: how it is to be handled, whatever form it has. */
  query?: readonly string[];
  /** Parameter -> the header that fills it, where it came. */
  headers?: Readonly<Record<string, string>>;
  /**
   * The `Authorization` header is not looked at: where a client gets a new token, one that has run out must not be in its way, and
   * many send it with every request. Only where anyone may call.
   */
  anonymous?: true;
  /** Whose limits it is under; `staff`, `read` or `write` unless said otherwise, by who may call it and the method. */
  limit?: RouteClass;
  /** The header fills the parameter `idempotency`. Required: a request without it is 400. */
  idempotencyKey?: "required" | "optional";
  /** The header fills the parameter `ifVersion`; missing is 428. */
  ifMatch?: true;
  /** The boolean parameter that `Prefer: respond-async` sets. */
  preferAsync?: string;
  /** The answer's `version` goes out as its ETag, for `If-Match` later on. */
  etag?: true;
  /** A 201 names the new resource in `Location`; `answer` sets it. */
  location?: true;
  /** Public caching of the answer in seconds, with an ETag; everything else is `no-store`. */
  publicMaxAge?: number;
  /** Turns a result into the answer where it is not simply the status and the result. Pure. */
  answer?: (result: Result, asked: { preferAsync: boolean }) => HttpAnswer;
  /** Further statuses of success that `answer` may choose. */
  alsoAnswers?: readonly (200 | 202 | 206)[];
  /** `answer` may send the client elsewhere, with this status. */
  redirects?: RedirectStatus;
  /** `answer` gives a stream, of one of these types, instead of JSON. */
  streams?: readonly MediaType[];
  /** The schema of the body where `answer` makes another one than the result. */
  body?: TSchema;
  /** Values of its parameters with which it succeeds in the demo shop. What the gateway fills, such as keys, is not among them. */
  example?: Readonly<Record<string, unknown>>;
  /** Where its example takes what exists only at run time. */
  follows?: Follows;
}

/** An operation whose answer holds the parameters of the next one. */
export interface Follows {
  /** The full name of its action. */
  action: string;
  /** Parameter -> where it stands in the answer (a runtime expression of OpenAPI); `ifVersion` is what If-Match sends. */
  with: Readonly<Record<string, AnswerPart>>;
}

export type AnswerPart = `$response.body#/${string}` | `$response.header.${string}`;

export type HttpAnswer = PlainAnswer | RedirectAnswer | StreamAnswer;
type AnswerHeaders = Record<string, string | undefined>;

export interface PlainAnswer {
  status: number;
  headers?: AnswerHeaders;
  body?: unknown;
  location?: undefined;
  stream?: undefined;
}

export interface RedirectAnswer {
  status: RedirectStatus;
  /** An http(s) URL, or a path from the root of this host. */
  location: string;
  headers?: AnswerHeaders;
  stream?: undefined;
}

export interface StreamAnswer {
  status: 200 | 206;
  stream: Readable;
  /** The `Content-Type`: one of the binding's `streams`, perhaps with a charset. */
  type: string;
  /** Bytes, where they are known: not one less or more is sent as a whole answer. */
  length?: number;
  headers?: AnswerHeaders;
  location?: undefined;
}

/** The result of an action that returns a stream. It travels between nodes as the result itself, never as a part of one. */
export const ByteStream = Type.Unsafe<Readable>({ description: "A stream of bytes" });

/** What the handler of an action finds in its context besides, when its body is taken as a stream. */
export type StreamOf<A> = A extends { http: { takes: { as: "stream" } } } ? { readonly stream: Readable } : unknown;
