import type * as nbformat from '@jupyterlab/nbformat';
import type { ICellPhase, ILedgerState } from './ledger';

export function sourceText(cell: nbformat.ICell): string {
  return Array.isArray(cell.source) ? cell.source.join('') : cell.source;
}

/** One cell of the page. */
export interface IShownCell {
  readonly cell: nbformat.ICell;
  /** Its index in the notebook as deployed; null for cells that the run added. */
  readonly source: number | null;
}

/** Cells that papermill adds to the notebook it executes. */
const ADDED_TAGS = ['injected-parameters', 'papermill-error-cell-tag'];

function tags(cell: nbformat.ICell): readonly string[] {
  const found = cell.metadata?.tags;
  return Array.isArray(found) ? (found as string[]) : [];
}

function isAdded(cell: nbformat.ICell): boolean {
  return tags(cell).some(tag => ADDED_TAGS.includes(tag));
}

/** The cells of a notebook with the numbers that the ledger uses. */
export function shownCells(
  cells: readonly nbformat.ICell[],
  executed: boolean
): IShownCell[] {
  let index = 0;
  return cells.map(cell => {
    if (executed && isAdded(cell)) {
      return { cell, source: null };
    }
    return { cell, source: index++ };
  });
}

/** `source` holds none of its own outputs: the page shows what this run made. */
export function withLedger(
  shown: readonly IShownCell[],
  ledger: ILedgerState
): IShownCell[] {
  return shown.map(item =>
    item.cell.cell_type === 'code'
      ? {
          ...item,
          cell: {
            ...item.cell,
            execution_count: null,
            outputs: [...(ledger.cells.get(item.source)?.outputs ?? [])]
          }
        }
      : item
  );
}

export interface IBar {
  readonly source: number;
  readonly phase: ICellPhase;
  readonly seconds: number | null;
  readonly startedAt: string | null;
}

/** Cells that are executed; empty ones are passed over. */
function isExecuted(cell: nbformat.ICell): boolean {
  return cell.cell_type === 'code' && sourceText(cell).trim() !== '';
}

/** One bar for each code cell of the notebook as deployed. */
export function timelineBars(
  shown: readonly IShownCell[],
  ledger: ILedgerState
): IBar[] {
  return shown.flatMap(({ cell, source }) => {
    if (source === null || !isExecuted(cell)) {
      return [];
    }
    const known = ledger.cells.get(source);
    return {
      source,
      phase: known?.phase ?? 'waiting',
      seconds: known?.duration ?? null,
      startedAt: known?.startedAt ?? null
    };
  });
}
