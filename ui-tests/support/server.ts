import { createHash } from 'node:crypto';
import type * as nbformat from '@jupyterlab/nbformat';
import { expect } from '@jupyterlab/galata';
import type { APIRequestContext } from '@playwright/test';

const API = '/jupyter-deploy/api/v1';
const AT_ONCE = 8;
const PATIENCE = 40_000;

interface IRun {
  readonly id: number;
  readonly state: string;
}

export interface IDeployOptions {
  readonly schedule?: { cron: string; timezone: string };
  readonly outputs?: Record<string, Record<string, unknown>>;
  readonly preflight?: 'full' | 'imports' | 'none';
}

/** Some at once: all of them would only wait for each other. */
async function inTurns<T>(
  items: readonly T[],
  job: (item: T) => Promise<unknown>
): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    await Promise.all(items.slice(at, at + AT_ONCE).map(job));
  }
}

/** The server by REST: sets up what a test starts from. */
export class Server {
  constructor(
    private _request: APIRequestContext,
    readonly folder: string
  ) {}

  /** Write a file into the test's own folder; its path below the root. */
  async write(
    name: string,
    content: nbformat.INotebookContent | string
  ): Promise<string> {
    const path = `${this.folder}/${name}`;
    const text =
      typeof content === 'string' ? content : JSON.stringify(content);
    const response = await this._request.put(`/api/contents/${path}`, {
      data: { type: 'file', format: 'text', content: text }
    });
    expect(response.ok()).toBe(true);
    return path;
  }

  async read(path: string): Promise<nbformat.INotebookContent> {
    const response = await this._request.get(`/api/contents/${path}`);
    return (await response.json()).content as nbformat.INotebookContent;
  }

  /** A new version of a notebook of this test. */
  async deploy(
    name: string,
    path: string,
    { schedule, outputs, preflight }: IDeployOptions = {}
  ): Promise<void> {
    const response = await this._request.post(`${API}/deployments`, {
      data: {
        name,
        notebook: path,
        schedule: schedule ?? null,
        outputs,
        preflight
      }
    });
    expect(response.status(), await response.text()).toBe(201);
  }

  /** One captured notebook under many names, without capturing it each time. */
  async deployMany(
    count: number,
    notebook: nbformat.INotebookContent
  ): Promise<void> {
    const data = JSON.stringify(notebook);
    const hash = createHash('sha256').update(data).digest('hex');
    const digest = `sha256:${hash}`;
    const stored = await this._request.put(`${API}/blobs/${digest}`, {
      data: Buffer.from(data),
      headers: { 'Content-Type': 'application/octet-stream' }
    });
    expect(stored.status(), await stored.text()).toBe(204);
    const bundle = {
      notebook: { path: 'many.ipynb', digest, size: data.length },
      files: [],
      parameters: [],
      parameters_known: true,
      kernel: {
        name: 'python3',
        display_name: 'Python 3',
        language: 'python',
        interpreter: null
      },
      environment: null,
      packages: null,
      git: null,
      cells: 1,
      findings: []
    };
    await inTurns([...Array(count).keys()], async index => {
      const response = await this._request.post(`${API}/deployments`, {
        data: { name: `many-${index}`, bundle, environment: null }
      });
      expect(response.status(), await response.text()).toBe(201);
    });
  }

  async run(
    name: string,
    parameters: Record<string, unknown> = {}
  ): Promise<number> {
    const response = await this._request.post(
      `${API}/deployments/${name}/runs`,
      { data: { parameters } }
    );
    expect(response.ok(), await response.text()).toBe(true);
    return ((await response.json()) as IRun).id;
  }

  /** Run once and wait for the end, so many milliseconds at most. */
  async finish(
    name: string,
    state: string,
    patience = PATIENCE,
    parameters: Record<string, unknown> = {}
  ): Promise<number> {
    const id = await this.run(name, parameters);
    await this.waitFor(id, state, patience);
    return id;
  }

  async waitFor(id: number, state: string, patience = PATIENCE): Promise<void> {
    await expect
      .poll(async () => (await this._run(id)).state, {
        intervals: [200],
        timeout: patience
      })
      .toBe(state);
  }

  /** Names of the files in the test's own folder. */
  async files(): Promise<string[]> {
    const response = await this._request.get(`/api/contents/${this.folder}`);
    const { content } = (await response.json()) as {
      content: { name: string }[];
    };
    return content.map(one => one.name).sort();
  }

  /** Paths of the notebooks and consoles that have a kernel. */
  async sessions(): Promise<string[]> {
    const response = await this._request.get('/api/sessions');
    const sessions = (await response.json()) as { path: string }[];
    return sessions.map(one => one.path);
  }

  async names(): Promise<string[]> {
    const response = await this._request.get(`${API}/deployments`);
    const { deployments } = (await response.json()) as {
      deployments: { name: string }[];
    };
    return deployments.map(one => one.name);
  }

  /**
   * Leave nothing for the next test. Past runs stay, and a deployment of the
   * same name shows them: a test that wants none takes a name of its own.
   */
  async clear(): Promise<void> {
    await inTurns(await this.names(), name =>
      this._request.delete(`${API}/deployments/${name}`)
    );
    const open = await Promise.all(
      ['queued', 'running'].map(async state => {
        const response = await this._request.get(`${API}/runs?state=${state}`);
        return ((await response.json()) as { runs: IRun[] }).runs;
      })
    );
    await Promise.all(
      open.flat().map(run => this._request.post(`${API}/runs/${run.id}/cancel`))
    );
  }

  private async _run(id: number): Promise<IRun> {
    return (await this._request.get(`${API}/runs/${id}`)).json();
  }
}
