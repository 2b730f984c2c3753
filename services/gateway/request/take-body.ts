// The body of a request, taken in the way that its route declares.
import type { IncomingMessage } from "node:http";
import { objectOf } from "../../../contract/contract.ts";
import { type FieldFault, invalid } from "../../../contract/refusals.ts";
import { DEFAULT_BODY_LIMIT, type Route, takingOf } from "../route.ts";
import { hasBody, readBody } from "./body.ts";
import { type BodyStream, openBody } from "./body-stream.ts";
import { contentTypeOf, contentTypes, readContent } from "./content.ts";

/** What became of a body: parameters and the bytes they were made of, or a stream. */
export interface Taken {
  params?: Record<string, unknown>;
  bytes?: Buffer;
  stream?: BodyStream;
}

/** Takes the bodies of one route. */
export function bodyTaker(route: Route): (req: IncomingMessage) => Promise<Taken> {
  if (!route.hasBody) return refuseBody;
  const { bodyLimit = DEFAULT_BODY_LIMIT } = route.http;
  const taking = takingOf(route.http);
  const accepted = contentTypes(route);
  const known = new Set(Object.keys(route.bodyParams));
  const needed = bodyNeeded(route);

  return async (req) => {
    if (taking.as === "stream") {
      // An empty one has a type as well.
      contentTypeOf(req, accepted);
      return { stream: openBody(req, bodyLimit) };
    }
    if (!hasBody(req)) {
      if (needed) throw invalid({ pointer: "", code: "required", message: "must not be empty" });
      return { params: {} };
    }
    const content = contentTypeOf(req, accepted);
    const bytes = await readBody(req, bodyLimit);
    const params = readContent(bytes, content, taking);
    if (content.type !== "text/csv" && taking.as !== "raw") refuseUnknown(params, known);
    return { bytes, params };
  };
}

async function refuseBody(req: IncomingMessage): Promise<Taken> {
  if (hasBody(req)) throw invalid({ pointer: "", code: "body", message: "is not expected here" });
  return {};
}

/** Whether a request without a body cannot be meant: something in it is required, or all of it is one document. */
export function bodyNeeded({ contract, http, bodyParams }: Route): boolean {
  const { required = [], oneOf } = objectOf(bodyParams, contract.exactlyOne) as {
    required?: string[];
    oneOf?: unknown;
  };
  return takingOf(http).as !== "json" || required.length > 0 || oneOf !== undefined;
}

function refuseUnknown(body: Record<string, unknown>, known: ReadonlySet<string>): void {
  const problems: FieldFault[] = [];
  for (const name of Object.keys(body)) {
    if (known.has(name)) continue;
    if (problems.length < 20)
      problems.push({ pointer: pointerTo(name), code: "additionalProperties", message: "is not known here" });
  }
  if (problems.length > 0) throw invalid(...problems);
}

const pointerTo = (name: string) => `/${name.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1")}`;
