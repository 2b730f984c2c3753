// The HTTP edge: it knows who asks, reads the request by the contract, calls the one action behind the route, and turns
// what comes back, result or error, into an answer. It holds no data and makes no decision of the business.
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context, ServiceSchema } from "moleculer";
import ApiGateway from "moleculer-web";
import type { VerifyToken } from "../../contract/access-tokens.ts";
import { type ContractBook, contractsIn } from "../../contract/contract.ts";
import { contracts } from "../../contract/contracts.ts";
import { eventsOf } from "../../contract/events/event-catalogue.ts";
import type { Meta } from "../../contract/typed.ts";
import { tellRefusal } from "../../middlewares/tell-calls.ts";
import { type Demo, describeService } from "../../mixins/service.ts";
import { cors } from "./answer/cors.ts";
import { setSafeHeaders } from "./answer/headers.ts";
import { titlesOf } from "./answer/problem.ts";
import { sendProblem } from "./answer/send-problem.ts";
import { asyncApiDocument } from "./asyncapi/document.ts";
import { refuse } from "./errors.ts";
import { frontOf } from "./front/front.ts";
import { gateway } from "./gateway.contract.ts";
import { aliasOf, type Exchange, type Gateway, type Request, type Serving, type WebAlias } from "./gateway-types.ts";
import { type LimitOptions, openLimiter } from "./limits/open-limiter.ts";
import { type Found, RouteTable } from "./match-route.ts";
import { openApiDocument } from "./openapi/document.ts";
import { ownRoutes } from "./own-routes.ts";
import { authenticate } from "./request/authenticate.ts";
import { clientAddresses } from "./request/client-address.ts";
import { paramsReader } from "./request/read-params.ts";
import { requestIdOf } from "./request/request-id.ts";
import { refuseRepeated } from "./request/single-headers.ts";
import { traceParentOf } from "./request/trace-parent.ts";
import { collectRoutes } from "./routes.ts";
import { serveAction } from "./serve-action.ts";
import { drain, listen, makeServer } from "./server/http-server.ts";

export interface GatewayOptions {
  port: number;
  host: string;
  contracts: ContractBook;
  /** The same check as every service makes; it should remember what it verified. */
  verify: VerifyToken;
  /** Origins whose pages may read answers, such as `https://shop.example.com`. None by default. */
  corsOrigins?: readonly string[];
  /** Proxies of ours in front, whose `X-Forwarded-For` is believed. None by default. */
  trustedProxyHops?: number;
  /** How often who may ask; without, as often as they like. */
  limits?: LimitOptions | undefined;
  /** Whether `/docs` and the documents of the API and its events are there. They are by default. */
  publishDocs?: boolean;
  /** Services without which `/health/ready` is 503; by default all that have a route. */
  requires?: readonly string[];
  /** The demo shop that is being filled: `/health/ready` waits for it, and the front page tells its accounts then. */
  demo?: Demo;
  /** Milliseconds for which a connection without a request is kept; 65 s by default. */
  keepAliveMs?: number;
  /** Milliseconds for requests under way when the service stops; 8 s by default. */
  drainDeadline?: number;
  /** Milliseconds for which an answer that is a stream may stand still; 30 s by default. */
  streamSilence?: number;
}

/**
 * The gateway over these contracts.
 * @throws Error that names every binding that is not fit to be served
 */
export function gatewayService(options: GatewayOptions): ServiceSchema {
  const { port, host, contracts, verify, trustedProxyHops = 0, drainDeadline = 8_000 } = options;
  const { streamSilence = 30_000, keepAliveMs = 65_000, publishDocs = true, demo } = options;
  const routes = collectRoutes(contracts);
  const requires = [
    ...(options.requires ?? new Set(routes.map(({ service }) => service))),
    ...(demo ? [demo.service] : []),
  ];
  const titles = titlesOf(contractsIn(contracts));
  const document = JSON.stringify(openApiDocument(routes));
  const eventDocument = JSON.stringify(asyncApiDocument(eventsOf(contracts)));
  const onceEach = refuseRepeated(routes.flatMap(({ http }) => Object.values(http.headers ?? {})));
  const own = ownRoutes(publishDocs);
  const otherOrigins = cors(options.corsOrigins ?? []);
  const servings = new Map<string, Serving>([
    ...own.map((own): [string, Serving] => [aliasOf(own), { own }]),
    ...routes.map((route): [string, Serving] => [aliasOf(route.http), { route, readParams: paramsReader(route) }]),
  ]);

  const webRoute = {
    path: "/",
    mappingPolicy: "restrict",
    // Parameters are read by the contract in onBeforeCall, once it is clear that the caller may ask at all.
    mergeParams: false,
    bodyParsers: false,
    logging: false,
    etag: false,
    pathToRegexpOptions: { sensitive: true },
    aliases: Object.fromEntries([...servings].map(([alias, { route }]) => [alias, route?.action ?? (() => {})])),
    async onBeforeCall(this: Gateway, ctx: Context<unknown, Meta>, _: unknown, req: Request, res: ServerResponse) {
      const { route, readParams, pathParams } = req.$exchange;
      if (route === undefined || readParams === undefined)
        throw new Error("A route without a contract is never called");
      const { http, contract } = route;
      const authorization = http.anonymous ? undefined : req.headers.authorization;
      ctx.meta.clientAddress = req.$exchange.address;
      const turn = this.limits.limiter.turn(route.limit, req.$exchange.address, res, ctx);
      const token = await authenticate(authorization, contract, verify, ctx, turn, new Date()).catch((error) => {
        tellRefusal(ctx, route.action, error);
        throw error;
      });
      if (token !== undefined) ctx.meta.token = token;
      ctx.meta.traceparent = traceParentOf(req.headers.traceparent);
      const { params, stream } = await readParams({ req, ...req.$exchange, pathParams });
      req.$params = params;
      if (stream !== undefined) req.$exchange.body = stream;
      req.$exchange.asked = true;
    },
  };

  return {
    name: "gateway",
    mixins: [ApiGateway as unknown as ServiceSchema],
    settings: {
      // The server is our own, see server/http-server.ts; routes are added in `created`, out of the published settings.
      server: false,
      routes: null,
      port,
      ip: host,
      logRequest: null,
      logRequestParams: null,
      logResponse: null,
      logRouteRegistration: null,
    },
    actions: {
      addRoute: false,
      removeRoute: false,
      listAliases: false,
      // Spans would otherwise carry query strings.
      rest: {
        tracing: {
          tags: () => ({}),
          spanName: (ctx: Context<{ req: Request }>) => `${ctx.params.req.method} ${ctx.params.req.$exchange.path}`,
        },
      },
    },
    methods: {
      /** Serves one HTTP request. Never rejects. */
      async httpHandler(this: Gateway, req: Request, res: ServerResponse): Promise<void> {
        const exchange = beginExchange(req, this.addressOf(req));
        this.underWay.add(res);
        try {
          setSafeHeaders(res, exchange.id);
          if (this.draining) res.setHeader("Connection", "close");
          otherOrigins.mark(req, res);
          onceEach(req);
          if (req.headers.host === undefined && req.httpVersion === "1.1") throw refuse("bad_request");
          if (req.method === "OPTIONS") otherOrigins.options(req, res, this.table.allow(exchange.path));
          else await this.actions.rest({ req, res }, { requestID: exchange.id, paramsCloning: false });
        } catch (error) {
          this.sendError(req, res, error);
        } finally {
          this.underWay.delete(res);
          // What was on its way when the stop began has promised the client a connection that goes on.
          if (this.draining && res.writableFinished) req.socket.end();
          const took = (performance.now() - exchange.startedAt).toFixed(1);
          const outcome = res.headersSent && !cutOff(res) ? res.statusCode : "aborted";
          const line = `${req.method} ${exchange.path.slice(0, 200)} ${outcome} ${took} ms ${exchange.address}`;
          this.logger.debug(line, { requestID: exchange.id });
        }
      },

      parseQueryString: ({ $exchange }: Request) => ({ url: $exchange.path, query: {} }),

      resolveAlias(this: Gateway, path: string, method: string): Found<WebAlias> {
        return this.table.find(method, path);
      },

      // Instead of moleculer-web's: no middlewares to run, nothing to wait for but the answer, no further log lines.
      async routeHandler(
        this: Gateway,
        _ctx: Context,
        webRoute: unknown,
        req: Request,
        res: ServerResponse,
        { alias, params }: Found<WebAlias>,
      ): Promise<boolean> {
        const { own, ...contracted } = this.servings.get(alias) as Serving;
        req.$route = webRoute;
        req.$alias = alias;
        Object.assign(req.$exchange, contracted, { pathParams: params });
        if (own === undefined) await this.aliasHandler(req, res, alias);
        else {
          const { address, id } = req.$exchange;
          const where = { broker: this.broker, meta: { clientAddress: address }, requestID: id };
          await this.limits.limiter.turn("entrance", address, res, where).asClient();
          own.serve(req, res, this.surroundings, params);
        }
        return true;
      },

      // Instead of moleculer-web's: it hands over a body that is a stream, and lasts until the answer is out.
      callAction(this: Gateway, _webRoute: unknown, _name: string, req: Request, res: ServerResponse): Promise<void> {
        return serveAction(req, res, streamSilence);
      },

      sendError(this: Gateway, req: Request, res: ServerResponse, error: unknown): void {
        sendProblem(error, { req, res, titles, logger: this.logger, ...req.$exchange });
      },

      /** Stops taking requests and lets those under way finish; to be awaited before other services stop. */
      drain(this: Gateway): Promise<void> {
        this.draining = true;
        for (const res of this.underWay) if (!res.headersSent) res.setHeader("Connection", "close");
        this.drained ??= drain(this.server, drainDeadline);
        return this.drained;
      },

      /** Where the server really listens: with port 0 the system chose one. */
      address(this: Gateway): AddressInfo {
        return this.server.address() as AddressInfo;
      },
    },
    created(this: Gateway) {
      // There are no aliases to regenerate when services come and go.
      this.regenerateAllAutoAliases = () => {};
      this.addRoute(webRoute);
      this.table = new RouteTable(this.aliases);
      this.servings = new Map(this.aliases.map((alias) => [alias, servings.get(`${alias.method} ${alias.fullPath}`)!]));
      this.underWay = new Set();
      this.addressOf = clientAddresses(trustedProxyHops, (message) => this.logger.warn(message));
      this.limits = openLimiter(options.limits, this.logger);
      this.draining = false;
      const isUp = (name: string) => this.broker.registry.hasService(name);
      this.surroundings = {
        document,
        eventDocument,
        front: () => frontOf(own, routes, demo && isUp(demo.service) ? demo : undefined),
        missing: () => [
          ...requires.filter((name) => !isUp(name)),
          ...(this.draining ? ["a gateway that goes on running"] : []),
        ],
      };
      this.server = makeServer(this.httpHandler as never, titles, keepAliveMs);
      // `stopped` would be too late: it runs beside that of the services which the requests under way still need, and
      // after the wait for running contexts, which never ends while new requests are taken.
      this.broker.middlewares.add({ name: "DrainGateway", stopping: () => this.drain() });
    },
    async started(this: Gateway) {
      await this.limits.ready();
      if (demo?.closedUntilFilled) await this.broker.waitForServices(demo.service);
      const { address, port } = await listen(this.server, options.port, host);
      this.server.on("error", (error) => this.logger.error(`The HTTP server failed: ${error.message}`));
      this.logger.info(`Listening on ${address} port ${port}`);
    },
    async stopped(this: Gateway) {
      await this.drain();
      this.limits.close();
    },
  } as unknown as ServiceSchema;
}

export default describeService({
  contract: gateway,
  databases: [],
  // It answers 503 for who is not there, and is there for who is.
  needs: [],
  make: ({ settings, verify }) => gatewayService({ ...settings, contracts, verify }),
});

/** Whether the connection ended before the answer did. */
const cutOff = (res: ServerResponse): boolean => res.destroyed && !res.writableFinished;

function beginExchange(req: Request, address: string): Exchange {
  const url = req.url ?? "/";
  const cut = url.indexOf("?");
  const path = cut < 0 ? url : url.slice(0, cut);
  req.$exchange = {
    id: requestIdOf(req.headers["x-request-id"]),
    path: path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path,
    search: cut < 0 ? "" : url.slice(cut + 1),
    pathParams: {},
    address,
    startedAt: performance.now(),
  };
  return req.$exchange;
}
