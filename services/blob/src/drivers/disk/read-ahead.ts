/** What `read` makes of the items, in their order: the next one is read while the caller is busy with one. */
export async function* readAhead<Item, Result>(items: readonly Item[], read: (item: Item) => Promise<Result>): AsyncGenerator<Result> {
  const [first, ...others] = items;
  let next = first === undefined ? null : read(first);
  for (const item of [...others, null]) {
    if (next === null) return;
    const result: Result = await next;
    next = item === null ? null : read(item);
    // The caller may stop before anybody waits for it.
    next?.catch(() => undefined);
    yield result;
  }
}
