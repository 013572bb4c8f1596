import { CodeCell } from '@jupyterlab/cells';
import type { Cell } from '@jupyterlab/cells';
import type * as nbformat from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';
import { JSONExt } from '@lumino/coreutils';
import type { PartialJSONValue } from '@lumino/coreutils';
import { Panel } from '@lumino/widgets';
import type { CellFactory } from './cellFactory';
import { sourceText } from './cells';
import type { IShownCell } from './cells';
import type { ICellPhase } from './ledger';
import { cellNumber } from './verdict';

const LINE_HEIGHT = 17;

function outputsOf(shown: IShownCell): readonly nbformat.IOutput[] {
  const outputs = shown.cell.outputs;
  return Array.isArray(outputs) ? (outputs as nbformat.IOutput[]) : [];
}

function same(a: unknown, b: unknown): boolean {
  return JSONExt.deepEqual(a as PartialJSONValue, b as PartialJSONValue);
}

/** The place of one cell; empty of about the right height until `build`. */
export class CellSlot extends Panel {
  constructor(
    readonly key: string,
    private _shown: IShownCell,
    private _factory: CellFactory,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-deploy-Slot');
    if (_shown.source !== null) {
      this.node.dataset.cell = String(cellNumber(_shown.source));
    }
    const lines = sourceText(_shown.cell).split('\n').length;
    this.node.style.minHeight = `${lines * LINE_HEIGHT + 20}px`;
  }

  get source(): number | null {
    return this._shown.source;
  }

  build(): void {
    if (this._cell || this.isDisposed) {
      return;
    }
    const number = cellNumber(this._shown.source);
    const label =
      number === null
        ? this._trans.__('Parameters')
        : this._trans.__('Cell %1', number);
    this._cell = this._factory.create(this._shown.cell, label);
    this.addWidget(this._cell);
    this.node.style.minHeight = '';
    this._showPhase();
  }

  /** Take what is new: more outputs are added, changed ones replace the old. */
  setCell(shown: IShownCell): void {
    const before = this._shown;
    this._shown = shown;
    if (!(this._cell instanceof CodeCell)) {
      return;
    }
    const { outputs } = this._cell.model;
    const [old, now] = [outputsOf(before), outputsOf(shown)];
    const kept =
      old.length <= now.length &&
      old.every((one, at) => one === now[at] || same(one, now[at]));
    if (kept) {
      now.slice(old.length).forEach(output => outputs.add(output));
    } else {
      outputs.fromJSON([...now]);
    }
    const count = shown.cell.execution_count;
    this._cell.model.executionCount = typeof count === 'number' ? count : null;
  }

  setPhase(phase: ICellPhase): void {
    if (phase !== this._phase) {
      this._phase = phase;
      this._showPhase();
    }
  }

  private _showPhase(): void {
    this.node.dataset.phase = this._phase;
    if (this._cell instanceof CodeCell && this._phase === 'running') {
      this._cell.setPrompt('*');
    }
  }

  private _cell: Cell | null = null;
  private _phase: ICellPhase = 'waiting';
}
