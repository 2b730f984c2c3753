// Pictures of mugs: what comes and goes as a stream, and what lies elsewhere.
import { createHash } from "node:crypto";
import { PassThrough, pipeline, Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import type { ServiceSchema } from "moleculer";
import { Type } from "typebox";
import { defineContract, refusal } from "../../../contract/contract.ts";
import { ByteStream } from "../../../contract/http-binding.ts";
import { actionsOf } from "../../../contract/typed.ts";
import { ByteSource } from "./byte-source.ts";

const Size = Type.Integer({ minimum: 0 });
const Flag = Type.Optional(Type.Boolean());

export const pictures = defineContract({
  name: "pictures",
  domain: "media",
  errors: { picture_not_found: { status: 404, message: "There is no such picture" } },
  actions: {
    hang: {
      access: "catalog:write",
      timeout: 60_000,
      params: { id: Type.String(), type: Type.String(), slowly: Flag, unread: Flag, badly: Flag },
      result: Type.Object({ id: Type.String(), type: Type.String(), size: Size, sha256: Type.String() }),
      http: {
        method: "PUT",
        path: "/v1/mug-pictures/{id}",
        summary: "A picture of a mug",
        status: 201,
        takes: { as: "stream", types: ["image/png", "image/jpeg"] },
        bodyLimit: 70_000_000,
        headers: { type: "Content-Type" },
      },
    },
    show: {
      access: "public",
      params: { size: Size, failsAt: Type.Optional(Size), missing: Flag, silent: Flag },
      result: ByteStream,
      refusals: ["picture_not_found"],
      http: {
        method: "GET",
        path: "/v1/mug-pictures",
        summary: "A picture",
        streams: ["image/png"],
        answer: (stream) => ({ status: 200, stream, type: "image/png", headers: { "Cache-Control": "max-age=60" } }),
      },
    },
    print: {
      access: "public",
      params: { size: Size, length: Type.Number(), type: Type.String() },
      result: Type.Object({ stream: ByteStream, length: Type.Number(), type: Type.String() }),
      http: {
        method: "GET",
        path: "/v1/mug-prints",
        summary: "A part of a picture, of known length",
        streams: ["image/png", "text/plain"],
        alsoAnswers: [206],
        answer: (print) => ({ status: 206, ...print }),
      },
    },
    frame: {
      access: "public",
      params: {},
      result: ByteStream,
      http: {
        method: "POST",
        path: "/v1/mug-frames",
        summary: "The picture with a frame around it",
        takes: { as: "stream", types: ["image/png"] },
        bodyLimit: 6_000_000,
        streams: ["image/png"],
        answer: (stream) => ({ status: 200, stream, type: "image/png" }),
      },
    },
    find: {
      access: "public",
      params: { to: Type.String(), otherwise: Flag, note: Type.Optional(Type.String()) },
      result: Type.Object({ to: Type.String(), otherwise: Flag, note: Type.Optional(Type.String()) }),
      http: {
        method: "GET",
        path: "/v1/mug-links",
        summary: "Where a picture lies",
        redirects: 302,
        answer: ({ to, otherwise, note }) => ({
          status: otherwise ? 303 : 302,
          location: to,
          headers: { "Cache-Control": note },
        }),
      },
    },
  },
  events: {},
});

/** What the pictures' service did, for tests to look at. */
export class Studio {
  readonly sources: ByteSource[] = [];
  /** The body that was taken last, and how much of it was read. */
  taken: Readable | undefined;
  received = 0;
  /** Why the body ended early. */
  failure: unknown;
}

export function pictureService(studio: Studio, served: string[]): ServiceSchema {
  const source = (options: ConstructorParameters<typeof ByteSource>[0]): ByteSource => {
    const made = new ByteSource(options);
    studio.sources.push(made);
    return made;
  };
  return {
    name: "pictures",
    actions: actionsOf(pictures, {
      async hang({ stream, params: { id, type, slowly, unread, badly } }) {
        served.push("hang");
        studio.taken = stream;
        studio.received = 0;
        stream.once("error", (error) => {
          studio.failure = error;
        });
        const hash = createHash("sha256");
        if (badly) throw refusal(pictures, "picture_not_found");
        if (!unread) {
          for await (const chunk of stream) {
            hash.update(chunk);
            studio.received += chunk.length;
            if (slowly) for (let turns = 0; turns < 3; turns++) await turn();
          }
        }
        return { id, type, size: studio.received, sha256: hash.digest("hex") };
      },
      show({ params: { size, failsAt, missing, silent } }) {
        served.push("show");
        if (silent) return new Readable({ read() {} });
        return source({ size, failsAt, failure: missing ? refusal(pictures, "picture_not_found") : undefined });
      },
      print: ({ params: { size, length, type } }) => ({ stream: source({ size }), length, type }),
      frame({ stream }) {
        const framed = new PassThrough();
        framed.write("[");
        return pipeline(stream, framed, () => {});
      },
      find: ({ params }) => params,
    }),
  };
}
