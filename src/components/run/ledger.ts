import type * as nbformat from '@jupyterlab/nbformat';
import type { ILedgerEntry } from '../common/types';

export type ICellPhase = 'waiting' | 'running' | 'ok' | 'error' | 'skipped';

/** What the ledger says of one cell; null is the injected parameters cell. */
export interface ICellProgress {
  readonly cell: number | null;
  readonly number: number;
  readonly phase: ICellPhase;
  readonly startedAt: string | null;
  readonly duration: number | null;
  readonly outputs: readonly nbformat.IOutput[];
  /** Counts the clearings: outputs already shown are void when it grows. */
  readonly cleared: number;
  readonly warnings: readonly string[];
}

export interface ILedgerState {
  readonly entries: readonly ILedgerEntry[];
  /** Pass as `after`. */
  readonly next: number;
  readonly complete: boolean;
  readonly total: number;
  readonly kernelReady: boolean;
  readonly cells: ReadonlyMap<number | null, ICellProgress>;
}

export const emptyLedger: ILedgerState = {
  entries: [],
  next: 0,
  complete: false,
  total: 0,
  kernelReady: false,
  cells: new Map()
};

function fresh(cell: number | null): ICellProgress {
  return {
    cell,
    number: 0,
    phase: 'waiting',
    startedAt: null,
    duration: null,
    outputs: [],
    cleared: 0,
    warnings: []
  };
}

/** `state` with the entries that follow it. */
export function readLedger(
  state: ILedgerState,
  entries: readonly ILedgerEntry[],
  next: number,
  complete: boolean
): ILedgerState {
  const known = entries.filter(entry => entry.seq > state.next);
  const cells = new Map(state.cells);
  let { total, kernelReady } = state;
  for (const entry of known) {
    total = entry.cells ?? total;
    kernelReady = kernelReady || entry.kind === 'kernel_started';
    if (entry.cell !== undefined && entry.kind !== 'finished') {
      const before = cells.get(entry.cell) ?? fresh(entry.cell);
      cells.set(entry.cell, readCell(before, entry));
    }
  }
  return {
    entries: known.length ? [...state.entries, ...known] : state.entries,
    next: Math.max(next, state.next),
    complete,
    total,
    kernelReady,
    cells
  };
}

function readCell(cell: ICellProgress, entry: ILedgerEntry): ICellProgress {
  switch (entry.kind) {
    case 'cell_started':
      return {
        ...cell,
        number: entry.number ?? cell.number,
        phase: 'running',
        startedAt: entry.at,
        duration: null,
        outputs: [],
        cleared: cell.cleared + 1
      };
    case 'output':
      return withOutput(cell, entry.output as nbformat.IOutput | undefined);
    case 'clear_output':
      return { ...cell, outputs: [], cleared: cell.cleared + 1 };
    case 'cell_finished':
      return {
        ...cell,
        phase: entry.status ?? 'ok',
        duration: entry.duration ?? null
      };
    case 'warning':
      return { ...cell, warnings: [...cell.warnings, entry.message ?? ''] };
    default:
      return cell;
  }
}

function displayId(output: nbformat.IOutput): unknown {
  const transient = output.transient;
  return transient && typeof transient === 'object' && 'display_id' in transient
    ? transient.display_id
    : undefined;
}

/** An update takes the place of the display it updates. */
function withOutput(
  cell: ICellProgress,
  output: nbformat.IOutput | undefined
): ICellProgress {
  if (!output) {
    return cell;
  }
  if (output.output_type !== 'update_display_data') {
    return { ...cell, outputs: [...cell.outputs, output] };
  }
  const id = displayId(output);
  const outputs = cell.outputs.map(old =>
    id !== undefined && displayId(old) === id
      ? { ...output, output_type: 'display_data' }
      : old
  );
  return { ...cell, outputs, cleared: cell.cleared + 1 };
}

/** The cell under way, if any. */
export function runningCell(state: ILedgerState): ICellProgress | undefined {
  return [...state.cells.values()].find(cell => cell.phase === 'running');
}

/** Numbers of the cells whose output the runner cut, as its warnings say. */
export function cutCells(state: ILedgerState): number[] {
  return [...state.cells.values()]
    .filter(({ cell, warnings }) => cell !== null && warnings.some(isCut))
    .map(({ cell }) => (cell as number) + 1);
}

function isCut(warning: string): boolean {
  return warning.startsWith('Output was cut');
}
