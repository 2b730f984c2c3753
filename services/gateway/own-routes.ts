// The few routes that no contract declares: the gateway answers them itself, to anyone.
import type { IncomingMessage, ServerResponse } from "node:http";
import { type TSchema, Type } from "typebox";
import { digestTag, isFresh } from "./answer/etag.ts";
import { serveDocs } from "./docs/serve-docs.ts";
import type { GatewayCode } from "./errors.ts";
import { Front } from "./front/front.ts";
import { FRONT_POLICY, frontPage } from "./front/front-page.ts";
import { preferred } from "./request/accept.ts";

export interface Surroundings {
  /** What requests need and cannot be reached from here. */
  missing(): string[];
  /** The OpenAPI document as text. */
  document: string;
  /** The AsyncAPI document as text. */
  eventDocument: string;
  /** What stands at the front door now. */
  front(): Front;
}

export interface OwnRoute {
  method: "GET";
  path: `/${string}`;
  operationId: string;
  summary: string;
  /** `page`: the same is answered as a page to who would rather have one. */
  answers: { type: string; schema?: TSchema; etag?: true; page?: true };
  refusals?: readonly GatewayCode[];
  /** Files of a page that is listed already. */
  hidden?: true;
  /** Describes the API, which a shop may keep to itself. */
  describes?: true;
  serve(req: IncomingMessage, res: ServerResponse, around: Surroundings, params: Record<string, string>): void;
}

const Health = Type.Object({ status: Type.Literal("ok") }, { title: "Health" });

const sendText = (res: ServerResponse, type: "application/json" | "text/html", text: string) => {
  res.setHeader("Content-Type", `${type}; charset=utf-8`);
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.end(text);
};
const sendJson = (res: ServerResponse, text: string) => sendText(res, "application/json", text);

const sendDocument = (
  req: IncomingMessage,
  res: ServerResponse,
  text: string,
  type: "application/json" | "text/html" = "application/json",
) => {
  const etag = digestTag(text);
  res.setHeader("ETag", etag);
  res.setHeader("Cache-Control", "no-cache");
  if (isFresh(req, etag)) res.writeHead(304).end();
  else sendText(res, type, text);
};

const AnyObject = Type.Object({}, { additionalProperties: true });

export const OWN_ROUTES: readonly OwnRoute[] = [
  {
    method: "GET",
    path: "/",
    operationId: "gateway.front",
    summary: "What this is, and where to go from here",
    answers: { type: "application/json", schema: Front, etag: true, page: true },
    serve(req, res, { front }) {
      res.appendHeader("Vary", "Accept");
      if (preferred(req, ["application/json", "text/html"]) === "application/json")
        return sendDocument(req, res, JSON.stringify(front()));
      res.setHeader("Content-Security-Policy", FRONT_POLICY);
      return sendDocument(req, res, frontPage(front()), "text/html");
    },
  },
  {
    method: "GET",
    path: "/health/live",
    operationId: "gateway.live",
    summary: "Whether the process serves at all",
    answers: { type: "application/json", schema: Health },
    serve: (_req, res) => sendJson(res, '{"status":"ok"}'),
  },
  {
    method: "GET",
    path: "/health/ready",
    operationId: "gateway.ready",
    summary: "Whether every service that requests need is there",
    answers: { type: "application/json", schema: Health },
    refusals: ["service_unavailable"],
    serve: (_req, res, { missing }) => {
      const names = missing();
      if (names.length > 0) throw unready(names);
      sendJson(res, '{"status":"ok"}');
    },
  },
  {
    method: "GET",
    path: "/openapi.json",
    operationId: "gateway.openapi",
    summary: "This document",
    describes: true,
    answers: { type: "application/json", schema: AnyObject, etag: true },
    serve: (req, res, { document }) => sendDocument(req, res, document),
  },
  {
    method: "GET",
    path: "/asyncapi.json",
    operationId: "gateway.asyncapi",
    summary: "The events on Kafka, as an AsyncAPI 3.0 document",
    describes: true,
    answers: { type: "application/json", schema: AnyObject, etag: true },
    serve: (req, res, { eventDocument }) => sendDocument(req, res, eventDocument),
  },
  {
    method: "GET",
    path: "/docs",
    operationId: "gateway.docs",
    summary: "This document as a page",
    describes: true,
    answers: { type: "text/html", etag: true },
    serve: (req, res) => serveDocs(req, res, "index.html"),
  },
  {
    method: "GET",
    path: "/docs/{file}",
    operationId: "gateway.docsFile",
    summary: "Files of the page",
    answers: { type: "application/octet-stream" },
    hidden: true,
    describes: true,
    serve: (req, res, _around, { file = "" }) => serveDocs(req, res, file),
  },
];

/** @param published whether those that describe the API are among them */
export const ownRoutes = (published: boolean): readonly OwnRoute[] =>
  OWN_ROUTES.filter(({ describes }) => published || !describes);

// Shaped as Moleculer's own, so that it becomes the same 503 as any missing service; the names are for the log alone.
const unready = (names: string[]) =>
  Object.assign(new Error(`Missing: ${names.join(", ")}`), { type: "SERVICE_NOT_AVAILABLE" });
