// The form of every refusal (RFC 9457).
import { Type } from "typebox";

const FieldError = Type.Object(
  {
    pointer: Type.Optional(Type.String({ description: "JSON pointer into the body" })),
    parameter: Type.Optional(Type.String({ description: "Name in the path, the query or the headers" })),
    code: Type.String(),
    message: Type.String(),
  },
  { title: "FieldError" },
);

export const Problem = Type.Object(
  {
    type: Type.String({ format: "uri" }),
    title: Type.String({ description: "The same for every problem of this code" }),
    status: Type.Integer(),
    detail: Type.Optional(Type.String({ description: "What is the matter this time" })),
    instance: Type.Optional(Type.String({ description: "The path that was asked for" })),
    code: Type.String({ description: "Stable; each operation lists those that it answers" }),
    requestId: Type.String({ description: "As in the X-Request-Id header" }),
    errors: Type.Optional(Type.Array(FieldError)),
  },
  { title: "Problem", description: "RFC 9457. A refusal may carry further members of its own." },
);
