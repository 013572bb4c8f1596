import { readHead } from '../head';

function bytes(text: string): Uint8Array {
  return Uint8Array.from([...text], letter => letter.charCodeAt(0));
}

function response(...parts: string[]): {
  response: Response;
  cancel: jest.Mock;
} {
  const cancel = jest.fn(() => Promise.resolve());
  const left = parts.map(part => bytes(part));
  const read = () => {
    const value = left.shift();
    return Promise.resolve({ done: value === undefined, value });
  };
  const body = { getReader: () => ({ read, cancel }) };
  return { response: { body } as unknown as Response, cancel };
}

describe('readHead', () => {
  it('reads a short body whole', async () => {
    const { response: short, cancel } = response('ab', 'c');
    const head = await readHead(short, 10);
    expect(head.bytes).toEqual(bytes('abc'));
    expect(head.whole).toBe(true);
    expect(cancel).not.toHaveBeenCalled();
  });

  it('stops a long one', async () => {
    const { response: long, cancel } = response('abc', 'def', 'ghi');
    const head = await readHead(long, 4);
    expect(head.bytes).toEqual(bytes('abcd'));
    expect(head.whole).toBe(false);
    expect(cancel).toHaveBeenCalled();
  });

  it('takes an answer without a body', async () => {
    const head = await readHead({ body: null } as Response, 4);
    expect(head).toEqual({ bytes: new Uint8Array(), whole: true });
  });
});
