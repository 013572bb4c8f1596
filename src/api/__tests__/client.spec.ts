import { ServerConnection } from '@jupyterlab/services';
import { ApiError, DeployApi } from '../client';

interface IAsked extends Omit<RequestInit, 'headers'> {
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** jsdom has none; the client only hands it on. */
class FakeRequest {
  constructor(url: string, init: RequestInit) {
    const headers = new Map(Object.entries(init.headers ?? {}));
    Object.assign(this, init, { url, headers });
  }
}

describe('DeployApi', () => {
  const fetch = jest.fn();
  const api = new DeployApi(
    ServerConnection.makeSettings({
      baseUrl: 'http://lab/user/a/',
      fetch,
      Request: FakeRequest as unknown as typeof Request
    })
  );
  const base = 'http://lab/user/a/jupyter-deploy/api/v1';

  const answer = (body: unknown, status = 200): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    fetch.mockResolvedValueOnce({
      ok: status < 400,
      status,
      text: () => Promise.resolve(text)
    });
  };
  const asked = (): IAsked => {
    const request = fetch.mock.calls[0][0] as IAsked;
    // JupyterLab adds the time, so that no cache answers.
    return { ...request, url: request.url.replace(/[?&]\d+$/, '') };
  };

  beforeEach(() => fetch.mockReset());

  it('asks below the server’s own address', async () => {
    answer({ deployments: [] });
    await expect(api.deployments()).resolves.toEqual([]);
    expect(asked()).toMatchObject({
      method: 'GET',
      url: `${base}/deployments`,
      cache: 'no-store'
    });
  });

  it('escapes names', async () => {
    answer({ versions: [] });
    await api.versions('a b/ü');
    expect(asked().url).toBe(`${base}/deployments/a%20b%2F%C3%BC/versions`);
  });

  it('leaves out what is not asked for', async () => {
    answer({ runs: [], next: null });
    await api.runs({ deployment: 'a&b', state: undefined, limit: 5 });
    expect(asked().url).toBe(`${base}/runs?deployment=a%26b&limit=5`);
  });

  it('starts a run with its key', async () => {
    answer({ id: 7 });
    await api.startRun('churn', { n: 1 }, 'key');
    expect(asked()).toMatchObject({
      method: 'POST',
      body: '{"parameters":{"n":1}}'
    });
    expect(asked().headers.get('Idempotency-Key')).toBe('key');
  });

  it('has addresses of outputs for links', () => {
    expect(api.outputUrl(7, 'plots/a b.png')).toBe(
      `${base}/runs/7/outputs/plots/a%20b.png`
    );
  });

  it('throws the problem that the server names', async () => {
    const problem = { detail: 'No.', field: 'name', hint: 'Another.' };
    answer(problem, 409);
    const error: unknown = await api.run(7).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ ...problem, status: 409, message: 'No.' });
  });

  it('shows nobody a page of errors', async () => {
    answer('<html>Bad gateway</html>', 502);
    await expect(api.health()).rejects.toMatchObject({
      detail: 'The server answered with status 502.',
      status: 502
    });
  });

  it('takes a page where data should be for no such server', async () => {
    answer('<html>Log in</html>');
    await expect(api.health()).rejects.toMatchObject({ status: 501 });
  });

  it('says that nothing answers', async () => {
    fetch.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(api.health()).rejects.toMatchObject({
      detail: 'The Jupyter server does not answer.',
      status: 0
    });
  });

  it('names a rendered notebook as the server does', async () => {
    fetch.mockResolvedValueOnce({
      ok: true,
      headers: new Map([
        ['Content-Disposition', "inline; filename*=UTF-8''churn-7.r"]
      ]),
      blob: () => Promise.resolve('the file')
    });
    await expect(api.rendered(7, 'script', true)).resolves.toEqual({
      blob: 'the file',
      name: 'churn-7.r'
    });
    expect(asked().url).toBe(
      `${base}/runs/7/outputs/output.ipynb?format=script&hide_code=true`
    );
  });

  it('tells why a form cannot be made', async () => {
    answer({ detail: 'There is no browser.', hint: 'Install one.' }, 400);
    await expect(api.rendered(7, 'pdf')).rejects.toMatchObject({
      detail: 'There is no browser.',
      hint: 'Install one.'
    });
  });
});
