// What moleculer-web hangs on its service and its requests, as far as the gateway uses it, and what is ours beside it.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallingOptions, Service, ServiceBroker } from "moleculer";
import type { OpenLimiter } from "./limits/open-limiter.ts";
import type { Alias, RouteTable } from "./match-route.ts";
import type { OwnRoute, Surroundings } from "./own-routes.ts";
import type { BodyStream } from "./request/body-stream.ts";
import type { Asked, Given } from "./request/read-params.ts";
import type { Route } from "./route.ts";

export interface WebAlias extends Alias {
  action: string | null;
}

/** How one alias is served: by an action, or by the gateway itself. */
export interface Serving {
  own?: OwnRoute;
  route?: Route;
  readParams?: (asked: Asked) => Promise<Given>;
}

/** One request and what became known of it. */
export interface Exchange extends Omit<Serving, "own"> {
  id: string;
  path: string;
  search: string;
  pathParams: Record<string, string>;
  address: string;
  startedAt: number;
  /** The body, where the action takes it as a stream. */
  body?: BodyStream;
  /** Set once the action is asked: errors from here on speak of its parameters, not of the request. */
  asked?: true;
}

export interface Request extends IncomingMessage {
  $exchange: Exchange;
  $route?: unknown;
  $alias?: WebAlias;
  $params?: Record<string, unknown>;
  $ctx: { call(endpoint: unknown, params: unknown, options?: CallingOptions): Promise<unknown> };
  $endpoint?: unknown;
}

export interface Gateway extends Omit<Service, "actions" | "broker"> {
  broker: Pick<ServiceBroker, "getLogger" | "waitForServices"> & {
    registry: { hasService(name: string): boolean };
    middlewares: { add(middleware: object): void };
  };
  server: Server;
  aliases: WebAlias[];
  table: RouteTable<WebAlias>;
  servings: Map<WebAlias, Serving>;
  surroundings: Surroundings;
  underWay: Set<ServerResponse>;
  limits: OpenLimiter;
  addressOf: (req: IncomingMessage) => string;
  draining: boolean;
  drained?: Promise<void>;
  actions: { rest(params: object, options: object): Promise<unknown> };
  regenerateAllAutoAliases: () => void;
  addRoute(route: object): void;
  aliasHandler(req: Request, res: ServerResponse, alias: WebAlias): Promise<unknown>;
  httpHandler(req: Request, res: ServerResponse): Promise<void>;
  sendError(req: Request, res: ServerResponse, error: unknown): void;
  drain(): Promise<void>;
  address(): AddressInfo;
}

/** A route as moleculer-web writes it: `GET /v1/orders/:id`. */
export const aliasOf = ({ method, path }: { method: string; path: string }): string =>
  `${method} ${path.replace(/\{([^}]*)\}/g, ":$1")}`;
