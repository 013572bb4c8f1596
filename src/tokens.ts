import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { DeployApi } from './api/client';
import type { components } from './api/schema';

type Schemas = components['schemas'];

export const TRANSLATION_DOMAIN = 'jupyterlab_deploy';

/** The commands of this extension, for other plugins to execute. */
export const CommandIDs = {
  deploy: 'deploy:notebook',
  openNotebook: 'deploy:open-notebook',
  openPanel: 'deploy:open-panel',
  openDeployment: 'deploy:open-deployment',
  openRun: 'deploy:open-run',
  compare: 'deploy:compare',
  openDocument: 'deploy:open-document',
  openDraft: 'deploy:open-draft',
  runNow: 'deploy:run-now',
  pause: 'deploy:pause',
  resume: 'deploy:resume',
  delete: 'deploy:delete',
  followLink: 'deploy:follow-link'
} as const;

export type IDeploymentSummary = Schemas['DeploymentSummary'];
export type ILastRun = Schemas['LastRun'];
export type IEngineStatus = Schemas['EngineStatus'];

/**
 * `unreachable`: an error, perhaps for a while. `unsupported`: this server has
 * no deployments at all, JupyterLite for instance.
 */
export type IModelState = 'loading' | 'ready' | 'unreachable' | 'unsupported';

/** Something happened to a run; ask by REST what it is now. */
export interface IRunChange {
  readonly run: number;
  readonly deployment: string | null;
}

/** The deployments and the engine, kept fresh while someone watches. */
export interface IDeployModel extends IDisposable {
  readonly api: DeployApi;
  readonly state: IModelState;
  /** Why the state is `unreachable`. */
  readonly error: Error | null;
  /** By name; kept while the engine is unreachable. */
  readonly deployments: readonly IDeploymentSummary[];
  /** null until it answered. */
  readonly engine: IEngineStatus | null;
  readonly changed: ISignal<IDeployModel, void>;
  readonly runChanged: ISignal<IDeployModel, IRunChange>;

  /** Ask anew, now. */
  refresh(): Promise<void>;

  /** Keep the model fresh until disposed of. */
  watch(): IDisposable;
}

export const IDeployModel = new Token<IDeployModel>(
  'jupyterlab-deploy:IDeployModel',
  'The deployments of this server, their last runs and the engine.'
);
