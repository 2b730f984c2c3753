/**
 * Works on items with at most `width` at a time, and takes the next item from the source only when a worker is free,
 * so that a fast reader cannot run ahead of a slow server. The first failure stops the taking and is thrown when the
 * work under way has ended.
 */
export async function inParallel<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const source = asyncItems(items);
  let failed = false;
  const worker = async () => {
    while (!failed) {
      const next = await source.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: width }, () =>
      worker().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  await source.return();
  const failure = ended.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
}

async function* asyncItems<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item, void> {
  yield* items;
}
