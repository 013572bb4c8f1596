import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { DeployApi } from '../../api/client';
import { noRules } from './types';
import type { IDiff, IPair, IRules } from './types';

/** The difference of two runs under the rules of this page. */
export class CompareSession {
  constructor(
    readonly pair: IPair,
    private _api: DeployApi
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Kept while the next one is on its way, and when that fails. */
  diff: IDiff | null = null;
  error: unknown = null;
  loading = false;
  rules: IRules = noRules;
  showHidden = false;

  setRules(rules: IRules): void {
    this.rules = rules;
    void this.load();
  }

  setShowHidden(show: boolean): void {
    this.showHidden = show;
    void this.load();
  }

  /** Only the answer to the last question counts. */
  async load(): Promise<void> {
    const turn = ++this._turn;
    this.loading = true;
    this._changed.emit();
    let diff: IDiff | null = null;
    let error: unknown = null;
    try {
      diff = await this._api.diff(this.pair.a, this.pair.b, {
        ...this.rules,
        hidden: this.showHidden
      });
    } catch (failure) {
      error = failure;
    }
    if (turn === this._turn) {
      this.diff = diff ?? this.diff;
      this.error = error;
      this.loading = false;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._turn += 1;
    Signal.clearData(this);
  }

  private _changed = new Signal<this, void>(this);
  private _turn = 0;
}
