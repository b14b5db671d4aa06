/**
 * Has items written together. What is refused is written in halves, until only what is refused itself is left out: its
 * place has the error. Each half may be written twice, so writing twice must be once.
 * @throws whatever else is thrown
 */
export async function bisect<Item, Result>(
  items: readonly Item[],
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  isDataError: (error: unknown) => error is Error,
): Promise<readonly (Result | Error)[]> {
  try {
    return await write(items);
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (items.length <= 1) return items.map(() => error);
    const middle = items.length >> 1;
    return [
      ...(await bisect(items.slice(0, middle), write, isDataError)),
      ...(await bisect(items.slice(middle), write, isDataError)),
    ];
  }
}
