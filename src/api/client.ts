import { URLExt } from '@jupyterlab/coreutils';
import type * as nbformat from '@jupyterlab/nbformat';
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { readHead } from './head';
import type { IHead } from './head';
import { ApiError, readProblem } from './problem';
import type { components } from './schema';

export { ApiError } from './problem';

type Schemas = components['schemas'];

export type IInspection = Schemas['Inspection'];
export type ISchedule = Schemas['Schedule'];
export type ISchedulePreview = Schemas['SchedulePreview'];
export type IDeployRequest = Schemas['DeployRequest'];
export type ISecret = Schemas['Secret'];

/** What a person may leave out, the server fills in. */
export type IScheduleRequest = Pick<ISchedule, 'cron' | 'timezone'> &
  Partial<ISchedule>;

export interface IDiffQuery {
  /** Regular expressions of what means nothing. */
  readonly ignore: readonly string[];
  /** `NAME=NUMBER` */
  readonly tolerance: readonly string[];
  /** Tell examples of what was hidden. */
  readonly hidden: boolean;
}

export interface IRunQuery {
  deployment?: string;
  state?: Schemas['RunState'];
  limit?: number;
  cursor?: string;
}

export type IForm = 'html' | 'markdown' | 'script' | 'pdf';

export interface INamed {
  readonly blob: Blob;
  readonly name: string;
}

/** The REST contract of `openapi.yaml`, one method for each operation. */
export class DeployApi {
  constructor(
    private _settings: ServerConnection.ISettings,
    trans: TranslationBundle = nullTranslator.load('')
  ) {
    this._trans = trans;
    this._base = URLExt.join(_settings.baseUrl, 'jupyter-deploy/api/v1');
  }

  health(): Promise<Schemas['EngineStatus']> {
    return this._get('health');
  }

  inspect(
    notebook: string,
    files: string[] = [],
    packages: string[] = [],
    secrets: readonly string[] = []
  ): Promise<IInspection> {
    return this._send('POST', 'inspect', {
      notebook,
      files,
      packages,
      secrets
    });
  }

  previewSchedule(schedule: IScheduleRequest): Promise<ISchedulePreview> {
    return this._send('POST', 'schedules/preview', schedule);
  }

  async deployments(): Promise<Schemas['DeploymentSummary'][]> {
    const list = await this._get<Schemas['DeploymentList']>('deployments');
    return list.deployments;
  }

  /** As the live version describes it, or another one. */
  deployment(name: string, version = 0): Promise<Schemas['Deployment']> {
    const query = version ? `?version=${version}` : '';
    return this._get(`deployments/${encodeURIComponent(name)}${query}`);
  }

  deploy(request: IDeployRequest): Promise<Schemas['Deployment']> {
    return this._send('POST', 'deployments', request);
  }

  setPaused(name: string, paused: boolean): Promise<Schemas['Deployment']> {
    return this._send('PATCH', `deployments/${encodeURIComponent(name)}`, {
      paused
    });
  }

  deleteDeployment(name: string): Promise<Schemas['Deployment']> {
    return this._send('DELETE', `deployments/${encodeURIComponent(name)}`);
  }

  /** Where this server shows the notebook, relative to its root. */
  notebookPlace(name: string): Promise<Schemas['NotebookPlace']> {
    return this._get(`deployments/${encodeURIComponent(name)}/notebook`);
  }

  async versions(name: string): Promise<Schemas['Version'][]> {
    const path = `deployments/${encodeURIComponent(name)}/versions`;
    return (await this._get<Schemas['VersionList']>(path)).versions;
  }

  versionChanges(
    name: string,
    since: number,
    version: number
  ): Promise<Schemas['VersionChanges']> {
    const place = `deployments/${encodeURIComponent(name)}/versions/${version}`;
    return this._get(`${place}/changes?since=${since}`);
  }

  /** The author's kernel beside what is live. */
  drift(name: string): Promise<Schemas['Drift']> {
    return this._get(`deployments/${encodeURIComponent(name)}/environment`);
  }

  runs(query: IRunQuery = {}): Promise<Schemas['RunList']> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) {
        search.set(name, String(value));
      }
    }
    return this._get(`runs?${search.toString()}`);
  }

  /** The same key gives the same run, so a repeated click starts one. */
  startRun(
    name: string,
    parameters: Record<string, unknown>,
    key: string
  ): Promise<Schemas['Run']> {
    const path = `deployments/${encodeURIComponent(name)}/runs`;
    const headers = { 'Idempotency-Key': key };
    return this._send('POST', path, { parameters }, headers);
  }

  history(name: string, runs: number): Promise<Schemas['History']> {
    return this._get(
      `deployments/${encodeURIComponent(name)}/history?runs=${runs}`
    );
  }

  /** Metrics of the newest runs that have any; all of them without names. */
  async metrics(
    deployment: string,
    names: readonly string[] = [],
    limit = 1
  ): Promise<Schemas['MetricSeries'][]> {
    const search = new URLSearchParams({ deployment, limit: String(limit) });
    names.forEach(name => search.append('name', name));
    const path = `metrics?${search.toString()}`;
    return (await this._get<Schemas['MetricList']>(path)).metrics;
  }

  /** What is declared, published now, and was published by each good run. */
  published(name: string): Promise<Schemas['OutputList']> {
    return this._get(`deployments/${encodeURIComponent(name)}/outputs`);
  }

  /** The first rows of a published table. */
  publishedRows(address: string, limit: number): Promise<Schemas['TablePage']> {
    const path = `../../${address}?format=json&limit=${limit}`;
    // JupyterLab adds a stamp to what is not to be kept: it would name a column.
    return this._request(path, { method: 'GET', cache: 'default' });
  }

  /** The address of something published, for readers. */
  publishedUrl(address: string): string {
    return URLExt.join(this._base, '../..', address);
  }

  async tokens(name: string): Promise<Schemas['Token'][]> {
    const path = `deployments/${encodeURIComponent(name)}/tokens`;
    return (await this._get<Schemas['TokenList']>(path)).tokens;
  }

  /** Its secret is told this once. */
  createToken(name: string, label: string): Promise<Schemas['NewToken']> {
    const path = `deployments/${encodeURIComponent(name)}/tokens`;
    return this._send('POST', path, { label });
  }

  revokeToken(name: string, token: number): Promise<Schemas['Token']> {
    const path = `deployments/${encodeURIComponent(name)}/tokens/${token}`;
    return this._send('DELETE', path);
  }

  usual(id: number): Promise<Schemas['Usual']> {
    return this._get(`runs/${id}/usual`);
  }

  run(id: number): Promise<Schemas['Run']> {
    return this._get(`runs/${id}`);
  }

  cancel(id: number): Promise<Schemas['Run']> {
    return this._send('POST', `runs/${id}/cancel`);
  }

  ledger(id: number, after: number): Promise<Schemas['Ledger']> {
    return this._get(`runs/${id}/ledger?after=${after}`);
  }

  why(id: number): Promise<Schemas['Why']> {
    return this._get(`runs/${id}/why`);
  }

  /** Of two runs; without `a` against the last good one before `b`. */
  diff(
    a: number | null,
    b: number,
    query: IDiffQuery
  ): Promise<Schemas['Diff']> {
    const search = new URLSearchParams({
      pictures: 'true',
      hidden: String(query.hidden)
    });
    query.ignore.forEach(pattern => search.append('ignore', pattern));
    query.tolerance.forEach(rule => search.append('tolerance', rule));
    const path = a === null ? `runs/${b}/diff` : `runs/${a}/diff/${b}`;
    return this._get(`${path}?${search.toString()}`);
  }

  source(id: number): Promise<nbformat.INotebookContent> {
    return this._get(`runs/${id}/source`);
  }

  outputNotebook(id: number): Promise<nbformat.INotebookContent> {
    return this._get(`runs/${id}/outputs/output.ipynb`);
  }

  /** The address of an output, for links. */
  outputUrl(id: number, file: string): string {
    return URLExt.join(this._base, outputPath(id, file));
  }

  /** The executed notebook in another form, and the name to save it under. */
  async rendered(id: number, form: IForm, hideCode = false): Promise<INamed> {
    const query = `format=${form}&hide_code=${hideCode}`;
    const path = `${outputPath(id, 'output.ipynb')}?${query}`;
    const response = await this._fetch(path);
    const disposition = response.headers.get('Content-Disposition') ?? '';
    const name = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? form;
    return { blob: await response.blob(), name: decodeURIComponent(name) };
  }

  /** The first bytes of an output, and whether that is all of it. */
  async outputHead(id: number, file: string, limit: number): Promise<IHead> {
    const response = await this._fetch(outputPath(id, file));
    return readHead(response, limit);
  }

  async secrets(): Promise<ISecret[]> {
    return (await this._get<Schemas['SecretList']>('secrets')).secrets;
  }

  setSecret(name: string, value: string): Promise<ISecret> {
    return this._send('PUT', `secrets/${encodeURIComponent(name)}`, { value });
  }

  environment(digest: string): Promise<Schemas['Environment']> {
    return this._get(`environments/${encodeURIComponent(digest)}`);
  }

  private _get<T>(path: string): Promise<T> {
    return this._request<T>(path, { method: 'GET', cache: 'no-store' });
  }

  private _send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<T> {
    return this._request<T>(path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
  }

  /** The answer with its body still to come. */
  private async _fetch(path: string): Promise<Response> {
    const init = { method: 'GET', cache: 'no-store' } as const;
    const response = await this._ask(`${this._base}/${path}`, init);
    if (!response.ok) {
      throw this._failure(readProblem(response.status, await response.text()));
    }
    return response;
  }

  private async _request<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this._ask(`${this._base}/${path}`, init);
    const text = await response.text();
    if (!response.ok) {
      throw this._failure(readProblem(response.status, text));
    }
    try {
      return JSON.parse(text) as T;
    } catch {
      // A proxy's login page, or a server without the extension.
      throw this._failure({ status: 501 });
    }
  }

  private async _ask(url: string, init: RequestInit): Promise<Response> {
    try {
      return await ServerConnection.makeRequest(url, init, this._settings);
    } catch {
      throw new ApiError({
        detail: this._trans.__('The Jupyter server does not answer.'),
        hint: this._trans.__('Check that it is running, then try again.')
      });
    }
  }

  private _failure(problem: ReturnType<typeof readProblem>): ApiError {
    const detail =
      problem.detail ??
      this._trans.__('The server answered with status %1.', problem.status);
    return new ApiError({ ...problem, detail });
  }

  private _base: string;
  private _trans: TranslationBundle;
}

function outputPath(id: number, file: string): string {
  return `runs/${id}/outputs/${URLExt.encodeParts(file)}`;
}
