import { PathExt } from '@jupyterlab/coreutils';
import type { Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { ApiError } from '../api/client';
import type { DeployApi } from '../api/client';
import type { components } from '../api/schema';

type IRun = components['schemas']['Run'];

export const DRIVE = 'Runs';
const NOTEBOOK = 'output.ipynb';
/** Bytes; JupyterLab holds a document several times. */
const LARGEST = 100 * 1024 * 1024;
/** Runs that a folder lists. */
const LISTED = 100;
const FILE = /(?:^|\/)run (\d+)\.ipynb$/;

/** Where the executed notebook of a run is, as JupyterLab spells paths. */
export function documentPath(run: Pick<IRun, 'id' | 'deployment'>): string {
  return `${DRIVE}:${run.deployment}/run ${run.id}.ipynb`;
}

/** The run whose executed notebook is at this path. */
export function runOfPath(path: string): number | null {
  const found = FILE.exec(path);
  return path.startsWith(`${DRIVE}:`) && found ? Number(found[1]) : null;
}

/** Executed notebooks as documents: a folder for each deployment, all to be read only. */
export class RunsDrive implements Contents.IDrive {
  constructor(
    private _api: DeployApi,
    readonly serverSettings: ServerConnection.ISettings,
    private _trans: TranslationBundle
  ) {}

  readonly name = DRIVE;

  get fileChanged(): ISignal<Contents.IDrive, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async get(
    path: string,
    options?: Contents.IFetchOptions
  ): Promise<Contents.IModel> {
    const id = idOf(path);
    if (id !== null) {
      return this._document(id, path, options?.content !== false);
    }
    return path === '' ? this._deployments() : this._runs(path);
  }

  async getDownloadUrl(path: string): Promise<string> {
    const id = idOf(path);
    if (id === null) {
      throw this._missing(path);
    }
    return this._api.outputUrl(id, NOTEBOOK);
  }

  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  newUntitled = (): Promise<Contents.IModel> => this._refuse();
  delete = (): Promise<void> => this._refuse();
  rename = (): Promise<Contents.IModel> => this._refuse();
  save = (): Promise<Contents.IModel> => this._refuse();
  copy = (): Promise<Contents.IModel> => this._refuse();
  createCheckpoint = (): Promise<Contents.ICheckpointModel> => this._refuse();
  restoreCheckpoint = (): Promise<void> => this._refuse();
  deleteCheckpoint = (): Promise<void> => this._refuse();

  private _refuse(): Promise<never> {
    return Promise.reject(
      new ApiError({
        detail: this._trans.__('The results of a run cannot be changed.'),
        hint: this._trans.__('Open the run as a draft, or download it.')
      })
    );
  }

  private _missing(path: string): ApiError {
    const detail = this._trans.__('There is no run at “%1”.', path);
    // "Save as…" tells by the response that a name is free; saving is refused then.
    const response = { status: 404 };
    return Object.assign(new ApiError({ status: 404, detail }), { response });
  }

  private async _document(
    id: number,
    path: string,
    withContent: boolean
  ): Promise<Contents.IModel> {
    const run = await this._api.run(id);
    const file = run.outputs.find(one => one.name === NOTEBOOK);
    if (documentPath(run) !== `${DRIVE}:${path}`) {
      throw this._missing(path);
    }
    if (!file) {
      throw new ApiError({
        status: 404,
        detail: this._trans.__('Run %1 left no executed notebook.', id),
        hint: this._trans.__('Its page tells how it is and why.')
      });
    }
    if (withContent && file.size > LARGEST) {
      throw new ApiError({
        detail: this._trans.__(
          'The executed notebook of run %1 is too large to be opened here.',
          id
        ),
        hint: this._trans.__('Download it from the page of the run.')
      });
    }
    const content = withContent ? await this._api.outputNotebook(id) : null;
    return { ...entry(run), size: file.size, content, format: 'json' };
  }

  private async _deployments(): Promise<Contents.IModel> {
    const deployments = await this._api.deployments();
    return folder(
      '',
      deployments.map(({ name }) => folder(name, null))
    );
  }

  private async _runs(deployment: string): Promise<Contents.IModel> {
    const { runs } = await this._api.runs({ deployment, limit: LISTED });
    const written = runs.filter(run =>
      run.outputs.some(file => file.name === NOTEBOOK)
    );
    if (written.length === 0) {
      throw this._missing(deployment);
    }
    return folder(deployment, written.map(entry));
  }

  private _fileChanged = new Signal<Contents.IDrive, Contents.IChangedArgs>(
    this
  );
  private _isDisposed = false;
}

function idOf(path: string): number | null {
  return runOfPath(`${DRIVE}:${path}`);
}

function entry(run: IRun): Contents.IModel {
  const path = documentPath(run).slice(DRIVE.length + 1);
  return {
    name: PathExt.basename(path),
    path,
    type: 'notebook',
    writable: false,
    created: run.created_at,
    last_modified: run.ended_at ?? run.created_at,
    mimetype: '',
    content: null,
    format: null
  };
}

function folder(
  path: string,
  content: Contents.IModel[] | null
): Contents.IModel {
  return {
    name: path,
    path,
    type: 'directory',
    writable: false,
    created: '',
    last_modified: '',
    mimetype: '',
    content,
    format: content && 'json'
  };
}
