import type { Node } from "../../runtime/create-node.ts";

/** @returns a function that says how many SQL statements a node has sent from now on, Sequelize's among them */
export function countStatements({ databases }: Pick<Node, "databases">): () => number {
  let throughSequelize = 0;
  for (const { sequelize } of databases.values()) {
    sequelize.addHook("beforeQuery", () => {
      throughSequelize++;
    });
  }
  const counted = () => [...databases.values()].reduce((sum, { statements }) => sum + statements, throughSequelize);
  const before = counted();
  return () => counted() - before;
}
