import { URLExt } from '@jupyterlab/coreutils';
import type * as nbformat from '@jupyterlab/nbformat';
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError, readProblem } from './problem';
import type { components } from './schema';

export { ApiError } from './problem';

type Schemas = components['schemas'];

export type IInspection = Schemas['Inspection'];
export type ISchedule = Schemas['Schedule'];
export type ISchedulePreview = Schemas['SchedulePreview'];
export type IDeployRequest = Schemas['DeployRequest'];

/** What a person may leave out, the server fills in. */
export type IScheduleRequest = Pick<ISchedule, 'cron' | 'timezone'> &
  Partial<ISchedule>;

export interface IRunQuery {
  deployment?: string;
  state?: Schemas['RunState'];
  limit?: number;
  cursor?: string;
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

  inspect(notebook: string, files: string[] = []): Promise<IInspection> {
    return this._send('POST', 'inspect', { notebook, files });
  }

  previewSchedule(schedule: IScheduleRequest): Promise<ISchedulePreview> {
    return this._send('POST', 'schedules/preview', schedule);
  }

  async deployments(): Promise<Schemas['DeploymentSummary'][]> {
    const list = await this._get<Schemas['DeploymentList']>('deployments');
    return list.deployments;
  }

  deployment(name: string): Promise<Schemas['Deployment']> {
    return this._get(`deployments/${encodeURIComponent(name)}`);
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

  run(id: number): Promise<Schemas['Run']> {
    return this._get(`runs/${id}`);
  }

  cancel(id: number): Promise<Schemas['Run']> {
    return this._send('POST', `runs/${id}/cancel`);
  }

  ledger(id: number, after: number): Promise<Schemas['Ledger']> {
    return this._get(`runs/${id}/ledger?after=${after}`);
  }

  source(id: number): Promise<nbformat.INotebookContent> {
    return this._get(`runs/${id}/source`);
  }

  outputNotebook(id: number): Promise<nbformat.INotebookContent> {
    return this._get(`runs/${id}/outputs/output.ipynb`);
  }

  /** The address of an output, for links. */
  outputUrl(id: number, file: string): string {
    const parts = URLExt.encodeParts(file);
    return URLExt.join(this._base, `runs/${id}/outputs`, parts);
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
