import type {
  IEditorFactoryService,
  IEditorMimeTypeService
} from '@jupyterlab/codeeditor';
import type * as nbformat from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';
import { CellSlot } from './CellSlot';
import type { IShownCell } from './cells';
import { CellFactory } from './cellFactory';
import type { ILedgerState } from './ledger';

/** Milliseconds that building cells may take of a frame. */
const SLICE = 50;

export interface INotebookViewOptions {
  rendermime: IRenderMimeRegistry;
  editorFactory: IEditorFactoryService;
  mimeTypeService: IEditorMimeTypeService;
  trans: TranslationBundle;
}

/** A notebook to read: cells become widgets only when they come near the viewport. */
export class NotebookView extends Panel {
  constructor(private _options: INotebookViewOptions) {
    super();
    this.addClass('jp-Notebook');
    this.addClass('jp-deploy-Notebook');
  }

  dispose(): void {
    this._toBuild = [];
    this._observer?.disconnect();
    super.dispose();
  }

  /** Show these cells; a cell that is there already only gets its new outputs. */
  showCells(
    cells: readonly IShownCell[],
    language: nbformat.ILanguageInfoMetadata
  ): void {
    this._factory ??= new CellFactory({ ...this._options, language });
    const old = new Map(this._slots.map(slot => [slot.key, slot]));
    this._slots = cells.map((shown, index) => {
      const key = slotKey(shown, index);
      const kept = old.get(key);
      if (kept) {
        old.delete(key);
        kept.setCell(shown);
        return kept;
      }
      return this._newSlot(key, shown);
    });
    old.forEach(slot => slot.dispose());
    this._slots.forEach((slot, index) => {
      if (this.widgets[index] !== slot) {
        this.insertWidget(index, slot);
      }
    });
  }

  /** Mark what is under way and what failed. */
  mark(ledger: ILedgerState, failed: number | null): void {
    for (const slot of this._slots) {
      const phase = ledger.cells.get(slot.source)?.phase ?? 'waiting';
      slot.setPhase(
        slot.source !== null && slot.source === failed ? 'error' : phase
      );
    }
  }

  /** Scroll to a cell of the notebook as deployed. */
  reveal(source: number): void {
    const slot = this._slots.find(one => one.source === source);
    if (!slot) {
      return;
    }
    slot.build();
    slot.node.scrollIntoView({ block: 'center' });
    // Cells above take their real height as they come into sight.
    window.setTimeout(() => {
      if (!slot.isDisposed) {
        slot.node.scrollIntoView({ block: 'center' });
      }
    }, 300);
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._observer = new IntersectionObserver(
      entries => this._onSight(entries),
      { rootMargin: '800px 0px' }
    );
    this._slots.forEach(slot => this._observer?.observe(slot.node));
  }

  protected onBeforeDetach(msg: Message): void {
    this._observer?.disconnect();
    this._observer = null;
    super.onBeforeDetach(msg);
  }

  private _newSlot(key: string, shown: IShownCell): CellSlot {
    const slot = new CellSlot(
      key,
      shown,
      this._factory as CellFactory,
      this._options.trans
    );
    this._observer?.observe(slot.node);
    return slot;
  }

  private _onSight(entries: readonly IntersectionObserverEntry[]): void {
    const near = entries.filter(one => one.isIntersecting);
    near.forEach(one => this._observer?.unobserve(one.target));
    const nodes = new Set(near.map(one => one.target));
    this._toBuild.push(...this._slots.filter(slot => nodes.has(slot.node)));
    this._buildSome();
  }

  /** Editors are dear: what is in sight is shown before its neighbours are built. */
  private _buildSome(): void {
    const until = performance.now() + SLICE;
    while (this._toBuild.length > 0 && performance.now() < until) {
      this._toBuild.shift()?.build();
    }
    if (this._toBuild.length > 0 && this._building === null) {
      this._building = requestAnimationFrame(() => {
        this._building = null;
        this._buildSome();
      });
    }
  }

  private _factory: CellFactory | null = null;
  private _observer: IntersectionObserver | null = null;
  private _slots: CellSlot[] = [];
  private _toBuild: CellSlot[] = [];
  private _building: number | null = null;
}

/** The same cell before and after the end of the run; added cells go by their place. */
function slotKey(shown: IShownCell, index: number): string {
  return shown.source === null ? `added-${index}` : `source-${shown.source}`;
}
