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
  /** Seconds that good runs took. */
  readonly usual: number | null;
}

/** The phase that a reader should see first. */
const TELLING: readonly ICellPhase[] = [
  'error',
  'running',
  'waiting',
  'ok',
  'skipped'
];

/** A bar for several cells that follow each other. */
export interface IGroup extends IBar {
  /** The last of its cells; `source` is the one that its phase tells of. */
  readonly last: number;
  readonly first: number;
}

/** At most so many bars: a page has only so many pixels. */
export function grouped(bars: readonly IBar[], most: number): IGroup[] {
  const size = Math.max(1, Math.ceil(bars.length / most));
  const count = Math.ceil(bars.length / size);
  return [...Array(count).keys()].map(index =>
    group(bars.slice(index * size, (index + 1) * size))
  );
}

function group(bars: readonly IBar[]): IGroup {
  const phase = TELLING.find(one => bars.some(bar => bar.phase === one));
  const telling = bars.find(bar => bar.phase === phase) ?? bars[0];
  return {
    ...telling,
    first: bars[0].source,
    last: bars[bars.length - 1].source,
    seconds: sum(bars.map(bar => bar.seconds)),
    usual: bars.every(bar => bar.usual !== null)
      ? sum(bars.map(bar => bar.usual))
      : null
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length ? known.reduce((a, b) => a + b, 0) : null;
}

/** Seconds of a bar: known, ticking, or none. */
export function barSeconds(bar: IBar, now: Date): number | null {
  if (bar.phase === 'running' && bar.startedAt) {
    return Math.max(0, (now.getTime() - Date.parse(bar.startedAt)) / 1000);
  }
  return bar.seconds;
}

/** Cells that are executed; empty ones are passed over. */
function isExecuted(cell: nbformat.ICell): boolean {
  return cell.cell_type === 'code' && sourceText(cell).trim() !== '';
}

/** One bar for each code cell of the notebook as deployed. */
export function timelineBars(
  shown: readonly IShownCell[],
  ledger: ILedgerState,
  usual: ReadonlyMap<number, number> = new Map()
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
      startedAt: known?.startedAt ?? null,
      usual: usual.get(source) ?? null
    };
  });
}
