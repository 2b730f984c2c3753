// A service names what is wrong by a pointer into its parameters. The client never saw those: it sent a path, a query,
// headers and a body, so each complaint is turned to the place where the client can mend it.
import type { FieldFault } from "../../../contract/refusals.ts";
import { filledByGateway, type Route } from "../route.ts";

/** `errors[]` of a service's VALIDATION_FAILED, as seen from outside. */
export function locateErrors(errors: unknown, route: Route): unknown {
  if (!Array.isArray(errors)) return errors;
  const headers = filledByGateway(route.http);
  return errors.map((error: FieldFault) => {
    if (!("pointer" in error) || typeof error.pointer !== "string") return error;
    const { pointer, ...rest } = error;
    const [, first = "", ...more] = pointer.split("/");
    if (Object.hasOwn(headers, first)) return { parameter: headers[first], ...rest };
    if (route.pathParams.includes(first)) return { parameter: first, ...rest };
    if (!Object.hasOwn(route.queryParams, first)) return error;
    const [member] = more;
    const inList = member === undefined || /^\d+$/.test(member);
    return { parameter: inList ? first : `${first}[${member}]`, ...rest };
  });
}
