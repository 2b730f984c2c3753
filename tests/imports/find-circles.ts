/** Who imports whom; every file is there, also one that imports nothing. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * The circles of files: groups of which each imports each other, directly or by way of others. Tarjan's strongly connected
 * components (SIAM J. Comput. 1(2), 1972), those of one file left out unless it imports itself.
 */
export function findCircles(imports: Imports): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const circles: string[][] = [];

  function visit(file: string): void {
    order.set(file, order.size);
    low.set(file, order.get(file) as number);
    open.push(file);
    isOpen.add(file);
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      const reached = isOpen.has(next) ? Math.min(low.get(next) as number, order.get(next) as number) : undefined;
      if (reached !== undefined) low.set(file, Math.min(low.get(file) as number, reached));
    }
    if (low.get(file) !== order.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    for (const each of circle) isOpen.delete(each);
    if (circle.length > 1 || imports.get(file)?.includes(file)) circles.push(circle.sort());
  }

  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}
