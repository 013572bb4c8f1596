import type { Event } from '@jupyterlab/services';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Poll, Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { ApiError } from '../api/client';
import type { DeployApi } from '../api/client';
import type {
  IDeployModel,
  IDeploymentSummary,
  IEngineStatus,
  IModelState,
  IRunChange
} from '../tokens';
import { mergeRunning, someUnderWay } from './merge';

export const TRANSITION_SCHEMA =
  'https://events.jupyter.org/jupyter_deploy/transition/v1';

const SLOW = 30_000;
const FAST = 1000;
/** Transitions come in bursts; the list is read once for each burst. */
const BURST = 400;

export interface IDeployModelOptions {
  api: DeployApi;
  /** Jupyter's event stream: hints, some of which may get lost. */
  events?: ISignal<unknown, Event.Emission>;
}

/** Knows the deployments by REST; events only tell it when to ask. */
export class DeployModel implements IDeployModel {
  constructor(options: IDeployModelOptions) {
    this.api = options.api;
    this._events = options.events;
    this._events?.connect(this._onEvent, this);
    this._poll = new Poll({
      auto: false,
      name: 'jupyterlab_deploy:deployments',
      factory: () => this._read(),
      frequency: { interval: SLOW, backoff: true, max: 10 * SLOW },
      standby: () => (this._watchers === 0 ? true : 'when-hidden')
    });
    this._progress = new Poll({
      auto: false,
      name: 'jupyterlab_deploy:progress',
      factory: () => this._readProgress(),
      frequency: { interval: FAST, backoff: true, max: SLOW },
      standby: () => (this._watchers === 0 ? true : 'when-hidden')
    });
    this._hints = new Throttler(() => this._poll.refresh(), {
      limit: BURST,
      edge: 'trailing'
    });
  }

  readonly api: DeployApi;

  get state(): IModelState {
    return this._state;
  }

  get error(): Error | null {
    return this._error;
  }

  get deployments(): readonly IDeploymentSummary[] {
    return this._deployments;
  }

  get engine(): IEngineStatus | null {
    return this._engine;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runChanged(): ISignal<this, IRunChange> {
    return this._runChanged;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  async refresh(): Promise<void> {
    this._hinted = true;
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  watch(): IDisposable {
    this._watchers += 1;
    void this._poll.refresh();
    return new DisposableDelegate(() => {
      this._watchers -= 1;
    });
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._events?.disconnect(this._onEvent, this);
    this._hints.dispose();
    this._poll.dispose();
    this._progress.dispose();
    Signal.clearData(this);
  }

  private _onEvent(_: unknown, event: Event.Emission): void {
    if (event.schema_id !== TRANSITION_SCHEMA) {
      return;
    }
    const { run, deployment } = event;
    if (typeof run === 'number') {
      const name = typeof deployment === 'string' ? deployment : null;
      this._runChanged.emit({ run, deployment: name });
    }
    if (this._watchers > 0) {
      this._hint();
    }
  }

  private async _read(): Promise<void> {
    const turn = ++this._turn;
    this._hinted = false;
    try {
      const engine = await this.api.health();
      // Listing starts an engine: once to have the list, not again because it left.
      const list =
        engine.running || this._state !== 'ready'
          ? await this.api.deployments()
          : this._deployments;
      if (turn === this._turn) {
        this._accept(engine, list);
      }
    } catch (error) {
      if (turn === this._turn) {
        this._refuse(error);
      }
      throw error;
    } finally {
      // A poll ignores who asks while it is reading.
      if (this._hinted && !this.isDisposed) {
        this._hint();
      }
    }
  }

  private _hint(): void {
    this._hinted = true;
    void this._hints.invoke().catch(() => undefined);
  }

  private _accept(
    engine: IEngineStatus,
    deployments: readonly IDeploymentSummary[]
  ): void {
    this._engine = engine;
    this._deployments = deployments;
    this._error = null;
    this._state = 'ready';
    this._follow();
    this._emit();
  }

  private _refuse(error: unknown): void {
    const status = error instanceof ApiError ? error.status : 0;
    const never = this._engine === null && (status === 404 || status === 501);
    this._state = never ? 'unsupported' : 'unreachable';
    this._error = error instanceof Error ? error : new Error(String(error));
    this._following = false;
    void this._progress.stop();
    this._emit();
  }

  /** Progress is asked for only while there is some. */
  private _follow(): void {
    const under = someUnderWay(this._deployments);
    if (under && !this._following) {
      void this._progress.start();
    } else if (!under && this._following) {
      void this._progress.stop();
    }
    this._following = under;
  }

  private async _readProgress(): Promise<void> {
    const turn = this._turn;
    const { runs } = await this.api.runs({ state: 'running', limit: 500 });
    if (turn !== this._turn || this.isDisposed) {
      return;
    }
    const { deployments, stale } = mergeRunning(this._deployments, runs);
    this._deployments = deployments;
    this._emit();
    if (stale) {
      void this._poll.refresh();
    }
  }

  private _emit(): void {
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  private _state: IModelState = 'loading';
  private _error: Error | null = null;
  private _deployments: readonly IDeploymentSummary[] = [];
  private _engine: IEngineStatus | null = null;
  private _watchers = 0;
  private _following = false;
  /** Someone asked since the last question was put. */
  private _hinted = false;
  /** Only the newest question may answer. */
  private _turn = 0;
  private _events: ISignal<unknown, Event.Emission> | undefined;
  private _poll: Poll;
  private _progress: Poll;
  private _hints: Throttler;
  private _changed = new Signal<this, void>(this);
  private _runChanged = new Signal<this, IRunChange>(this);
}
