export interface IHead {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/** Read no more than this of a body, however long it is. */
export async function readHead(
  response: Response,
  limit: number
): Promise<IHead> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) {
      return { bytes: joined(parts, size), whole: true };
    }
    parts.push(value);
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      return { bytes: joined(parts, size).slice(0, limit), whole: false };
    }
  }
  return { bytes: new Uint8Array(), whole: true };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
