import { Op } from "sequelize";
import type { Session } from "../auth.contract.ts";
import type { AuthModels } from "../auth.model.ts";
import { IDLE_LIFE_MS } from "./refresh-tokens.ts";

/** Last used first. */
export async function listSessions({ Session }: AuthModels, userId: string, now: Date): Promise<{ data: Session[] }> {
  const rows = await Session.findAll({
    raw: true,
    where: {
      userId,
      endedAt: null,
      expiresAt: { [Op.gt]: now },
      lastUsedAt: { [Op.gt]: new Date(now.getTime() - IDLE_LIFE_MS) },
    },
    order: [["lastUsedAt", "DESC"]],
    limit: 100,
  });
  return {
    data: rows.map(({ id, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    })),
  };
}
