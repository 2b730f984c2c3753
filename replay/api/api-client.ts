import type { Answer, HttpClient } from "./http-client.ts";
import { Refusal } from "./refusal.ts";
import { sendPatiently } from "./send-patiently.ts";
import type { StaffSession } from "./staff-session.ts";

/** A successful answer, and how many times it took; `replayed` when the server had given it to this key before. */
export type Success<Body> = { body: Body; tries: number; replayed: boolean };

/** The public API, seen by a member of staff. Both throw Refusal for a 4xx or 5xx that stays. */
export type ApiClient = {
  get<Body>(path: string, query?: Record<string, string>): Promise<Body>;
  /** For commands that may arrive twice: keyed, or harmless to repeat. */
  post<Body>(path: string, body: unknown, idempotencyKey?: string): Promise<Success<Body>>;
};

/** A page of a list, and how to ask for the next. */
export type Page<Item> = { data: Item[]; page: { hasMore: boolean; nextCursor?: string | null } };

/** Speaks as the session's account; a token refused is renewed once per request. */
export function speakAs(session: StaffSession, http: HttpClient, patienceMs: number): ApiClient {
  const authorized = async (method: "GET" | "POST", path: string, body?: unknown, key?: string): Promise<Answer> => {
    const send = async (token: string) => {
      const headers = { authorization: `Bearer ${token}`, ...(key && { "idempotency-key": key }) };
      return http.send({ method, path, headers, body });
    };
    const token = await session.token();
    const answer = await send(token);
    if (answer.status !== 401) return answer;
    await session.renew(token);
    return send(await session.token());
  };

  const ask = async (method: "GET" | "POST", path: string, body?: unknown, key?: string) => {
    const { answer, tries } = await sendPatiently(() => authorized(method, path, body, key), patienceMs);
    if (answer.status >= 300) throw new Refusal(`${method} ${path}`, answer);
    return { body: answer.body, tries, replayed: answer.headers["idempotent-replayed"] === "true" };
  };

  return {
    async get<Body>(path: string, query: Record<string, string> = {}) {
      const search = new URLSearchParams(query).toString();
      return (await ask("GET", search ? `${path}?${search}` : path)).body as Body;
    },
    async post<Body>(path: string, body: unknown, idempotencyKey?: string) {
      return (await ask("POST", path, body, idempotencyKey)) as Success<Body>;
    },
  };
}

/** Walks a list to its end, a hundred at a time. */
export async function* everyItem<Item>(
  api: ApiClient,
  path: string,
  query: Record<string, string> = {},
): AsyncGenerator<Item> {
  let after: string | null | undefined;
  do {
    const { data, page } = await api.get<Page<Item>>(path, { limit: "100", ...query, ...(after && { after }) });
    yield* data;
    after = page.hasMore ? page.nextCursor : undefined;
  } while (after);
}
