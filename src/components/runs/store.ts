import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { DeployApi } from '../../api/client';
import type { IDeployment, IRun, IRunState } from '../common/types';
import { isOpen } from '../run/verdict';
import { mergeRuns } from './rows';

const PAGE = 100;
/** Open runs beyond the first page are asked for one by one, but not without end. */
const STRAGGLERS = 10;

/** The deployment and its runs, kept fresh while the page is in sight. */
export class RunsStore implements IDisposable {
  constructor(
    readonly name: string,
    private _api: DeployApi,
    inSight: () => boolean
  ) {
    this._poll = new Poll({
      auto: false,
      name: `jupyter_deploy:runs:${name}`,
      factory: () => this._refresh(),
      frequency: { interval: 1000, backoff: true, max: 15_000 },
      standby: () => document.hidden || !inSight() || !this._wanted
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  deployment: IDeployment | null = null;
  runs: readonly IRun[] = [];
  error: unknown = null;
  loaded = false;
  loadingMore = false;
  /** null once everything has been read. */
  next: string | null = null;
  state: IRunState | '' = '';
  /** Runs that were told to stop and have some seconds to do so. */
  readonly cancelling = new Set<number>();

  start(): void {
    void this._poll.start();
  }

  /** News may exist: ask now. */
  hint(): void {
    this._wanted = true;
    void this._poll.refresh();
  }

  /** The server filters by state, so that old failures are found without reading every page. */
  setState(state: IRunState | ''): void {
    this.state = state;
    this.runs = [];
    this.next = null;
    this.loaded = false;
    this._changed.emit();
    this.hint();
  }

  async more(): Promise<void> {
    if (this.loadingMore || this.next === null) {
      return;
    }
    this.loadingMore = true;
    this._changed.emit();
    const state = this.state;
    try {
      const page = await this._page(this.next);
      if (state === this.state) {
        this.runs = mergeRuns(page.runs, this.runs);
        this.next = page.next;
      }
    } catch (error) {
      this.error = error;
    } finally {
      this.loadingMore = false;
      this._changed.emit();
    }
  }

  async cancel(run: IRun): Promise<void> {
    const answer = await this._api.cancel(run.id);
    this.cancelling.add(run.id);
    this.put(answer);
  }

  /** Show at once what an action answered. */
  put(run: IRun): void {
    this.runs = mergeRuns(this.runs, [run]);
    this._changed.emit();
    this.hint();
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private _page(cursor?: string): ReturnType<DeployApi['runs']> {
    return this._api.runs({
      deployment: this.name,
      state: this.state || undefined,
      limit: PAGE,
      cursor
    });
  }

  private async _refresh(): Promise<void> {
    const state = this.state;
    try {
      const [deployment, page] = await Promise.all([
        this._api.deployment(this.name),
        this._page()
      ]);
      this.deployment = deployment;
      if (state === this.state) {
        await this._take(page.runs, page.next);
      }
      this.error = null;
    } catch (error) {
      this.error = error;
      throw error;
    } finally {
      this.loaded = true;
      this._wanted = this.error !== null || this.runs.some(isOpen);
      if (!this.isDisposed) {
        this._changed.emit();
      }
    }
  }

  private async _take(news: IRun[], next: string | null): Promise<void> {
    const ids = new Set(news.map(run => run.id));
    const gap = next !== null && !this.runs.some(run => ids.has(run.id));
    if (this.runs.length === 0 || gap) {
      this.runs = news;
      this.next = next;
      return;
    }
    const stragglers = this.runs
      .filter(run => isOpen(run) && !ids.has(run.id))
      .slice(0, STRAGGLERS);
    const asked = await Promise.all(
      stragglers.map(run => this._api.run(run.id))
    );
    this.runs = mergeRuns(this.runs, [...news, ...asked]);
  }

  private _changed = new Signal<this, void>(this);
  private _poll: Poll;
  /** Ask again: something is open, failed to load or was hinted at. */
  private _wanted = true;
}
