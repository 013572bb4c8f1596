import type * as nbformat from '@jupyterlab/nbformat';
import type { ILedgerState } from './ledger';

/** One cell of the page. */
export interface IShownCell {
  readonly cell: nbformat.ICell;
  /** Its index in the notebook as deployed; null for cells that the run added. */
  readonly source: number | null;
  /** 1, 2, … for code cells as deployed. */
  readonly number: number | null;
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
  let count = 0;
  return cells.map(cell => {
    if (executed && isAdded(cell)) {
      return { cell, source: null, number: null };
    }
    const source = index++;
    const number = cell.cell_type === 'code' ? ++count : null;
    return { cell, source, number };
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
  readonly source: number | null;
  readonly number: number;
  readonly phase: 'waiting' | 'running' | 'ok' | 'error' | 'skipped';
  readonly seconds: number | null;
  readonly startedAt: string | null;
}

/** One bar for each code cell; before the notebook is there, for each the ledger names. */
export function timelineBars(
  shown: readonly IShownCell[],
  ledger: ILedgerState
): IBar[] {
  const known = shown.filter(item => item.number !== null);
  const sources = known.length
    ? known.map(item => ({ source: item.source, number: item.number ?? 0 }))
    : [...ledger.cells.values()]
        .filter(cell => cell.number > 0)
        .map(cell => ({ source: cell.cell, number: cell.number }));
  return sources.map(({ source, number }) => {
    const cell = ledger.cells.get(source);
    return {
      source,
      number,
      phase: cell?.phase ?? 'waiting',
      seconds: cell?.duration ?? null,
      startedAt: cell?.startedAt ?? null
    };
  });
}

/** The code-cell number of an index in the notebook as deployed. */
export function cellNumber(
  shown: readonly IShownCell[],
  source: number | null
): number | null {
  return shown.find(item => item.source === source)?.number ?? null;
}
