import type * as nbformat from '@jupyterlab/nbformat';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { DeployApi } from '../../api/client';
import type { IDeployment, IRun, IVersion, IWhy } from '../common/types';
import { shownCells, withLedger } from './cells';
import type { IShownCell } from './cells';
import { emptyLedger, readLedger } from './ledger';
import type { ILedgerState } from './ledger';
import type { IUsual } from './usual';
import { isOpen } from './verdict';

export interface INotebook {
  readonly language: nbformat.ILanguageInfoMetadata;
  readonly cells: readonly nbformat.ICell[];
}

/** Everything the page shows of one run, kept fresh while it is open and in sight. */
export class RunSession implements IDisposable {
  constructor(
    readonly id: number,
    private _api: DeployApi,
    inSight: () => boolean
  ) {
    this._poll = new Poll({
      auto: false,
      name: `jupyter_deploy:run:${id}`,
      factory: () => this._refresh(),
      frequency: { interval: 500, backoff: true, max: 15_000 },
      standby: () => document.hidden || !inSight() || this._settled
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  run: IRun | null = null;
  error: unknown = null;
  /** The request was made; the cell under way has some seconds to stop. */
  cancelling = false;
  ledger: ILedgerState = emptyLedger;
  /** The notebook as deployed. */
  source: INotebook | null = null;
  /** The notebook as executed; null while the run is open or left none. */
  executed: INotebook | null = null;
  /** null when the deployment was deleted. */
  deployment: IDeployment | null = null;
  version: IVersion | null = null;
  /** The last good run before this one; null where there is none. */
  lastGood: IRun | null = null;
  /** What is usual; null until it is known. */
  usual: IUsual | null = null;

  /** The cells to show: executed when finished, else the source with what the ledger has. */
  get cells(): readonly IShownCell[] {
    if (this.executed) {
      return shownCells(this.executed.cells, true);
    }
    return withLedger(this.sourceCells, this.ledger);
  }

  get sourceCells(): readonly IShownCell[] {
    return this.source ? shownCells(this.source.cells, false) : [];
  }

  get language(): nbformat.ILanguageInfoMetadata | null {
    return (this.executed ?? this.source)?.language ?? null;
  }

  /** Whether the notebook is as complete as it will get. */
  get settled(): boolean {
    return this._settled;
  }

  start(): void {
    void this._poll.start();
  }

  /** News may exist: ask now. */
  hint(): void {
    void this._poll.refresh();
  }

  /** Try again after an error. */
  retry(): void {
    this._settled = false;
    this.hint();
  }

  async cancel(): Promise<void> {
    this.run = await this._api.cancel(this.id);
    this.cancelling = true;
    this._changed.emit();
    this.hint();
  }

  /** Why the run failed. */
  why(): Promise<IWhy> {
    return this._api.why(this.id);
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _refresh(): Promise<void> {
    try {
      const run = await this._api.run(this.id);
      this._startOver(run);
      this.run = run;
      await Promise.all([
        this._readLedger(run),
        this._readCircumstances(run),
        this._readExecuted(run)
      ]);
      this._settled = !isOpen(run);
      this.error = null;
    } catch (error) {
      this.error = error;
      throw error;
    } finally {
      if (!this.isDisposed) {
        this._changed.emit();
      }
    }
  }

  /** A second attempt writes a new ledger from 1. */
  private _startOver(run: IRun): void {
    if (run.attempts.length > (this.run?.attempts.length ?? 0) && this.run) {
      this.ledger = emptyLedger;
    }
  }

  /** One page while the run is open, all of them once it has ended. */
  private async _readLedger(run: IRun): Promise<void> {
    while (!this.ledger.complete) {
      const after = this.ledger.next;
      const page = await this._api.ledger(this.id, after);
      const { entries, next, complete } = page;
      this.ledger = readLedger(this.ledger, entries, next, complete);
      if (entries.length === 0 || isOpen(run)) {
        return;
      }
    }
  }

  /** What never changes for a run; its absence does not keep the run from showing. */
  private async _readCircumstances(run: IRun): Promise<void> {
    if (this._circumstances) {
      return;
    }
    this._circumstances = true;
    const missing = (): null => null;
    const earlier = {
      deployment: run.deployment,
      state: 'succeeded',
      cursor: String(run.id),
      limit: 1
    } as const;
    const [source, deployment, versions, usual, good] = await Promise.all([
      this._api.source(this.id).catch(missing),
      this._api.deployment(run.deployment).catch(missing),
      this._api.versions(run.deployment).catch(missing),
      this._api.usual(this.id).catch(missing),
      this._api.runs(earlier).catch(missing)
    ]);
    this.source = source && readNotebook(source);
    this.deployment = deployment;
    this.usual = usual;
    this.lastGood = good?.runs[0] ?? null;
    this.version =
      versions?.find(version => version.version === run.version) ?? null;
  }

  /** Shown as soon as it is there: the ledger may take longer. */
  private async _readExecuted(run: IRun): Promise<void> {
    const written = run.outputs.some(file => file.name === 'output.ipynb');
    if (isOpen(run) || !written || this.executed) {
      return;
    }
    const notebook = await this._api.outputNotebook(this.id).catch(() => null);
    this.executed = notebook && readNotebook(notebook);
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _poll: Poll;
  private _circumstances = false;
  private _settled = false;
}

/** Notebooks of any origin: what is missing is taken as empty. */
export function readNotebook(
  content: Partial<nbformat.INotebookContent>
): INotebook {
  const { language_info, kernelspec } = content.metadata ?? {};
  const name = kernelspec?.language;
  return {
    language: language_info ?? {
      name: typeof name === 'string' ? name : 'python'
    },
    cells: content.cells ?? []
  };
}
