import type { ILedgerEntry } from '../../common/types';
import { cutCells, emptyLedger, readLedger, runningCell } from '../ledger';
import type { ILedgerState } from '../ledger';
import { entry } from './fixtures';

function text(value: string): ILedgerEntry['output'] {
  return { output_type: 'stream', name: 'stdout', text: value } as never;
}

function display(
  value: string,
  type: string,
  id = 'd1'
): ILedgerEntry['output'] {
  return {
    output_type: type,
    data: { 'text/plain': value },
    metadata: {},
    transient: { display_id: id }
  } as never;
}

function read(
  entries: readonly ILedgerEntry[],
  state: ILedgerState = emptyLedger
): ILedgerState {
  const last = entries[entries.length - 1].seq;
  return readLedger(state, entries, last, false);
}

const begun = [
  entry(1, 'attempt_started', { notebook: 'a.ipynb', cells: 2 }),
  entry(2, 'kernel_started', { kernel: 'python3' }),
  entry(3, 'cell_started', { cell: 1, number: 1, cells: 2 })
];

describe('readLedger', () => {
  it('knows the cell under way', () => {
    const state = read(begun);
    expect(state.total).toBe(2);
    expect(state.kernelReady).toBe(true);
    expect(runningCell(state)?.cell).toBe(1);
  });

  it('collects outputs and the end of a cell', () => {
    const state = read([
      ...begun,
      entry(4, 'output', { cell: 1, output: text('a') }),
      entry(5, 'output', { cell: 1, output: text('b') }),
      entry(6, 'cell_finished', { cell: 1, status: 'error', duration: 2.5 })
    ]);
    const cell = state.cells.get(1);
    expect(cell?.outputs.map(output => output.text)).toEqual(['a', 'b']);
    expect(cell?.phase).toBe('error');
    expect(cell?.duration).toBe(2.5);
    expect(runningCell(state)).toBeUndefined();
  });

  it('clears outputs', () => {
    const state = read([
      ...begun,
      entry(4, 'output', { cell: 1, output: text('a') }),
      entry(5, 'clear_output', { cell: 1 }),
      entry(6, 'output', { cell: 1, output: text('b') })
    ]);
    expect(state.cells.get(1)?.outputs.map(one => one.text)).toEqual(['b']);
  });

  it('replaces a display by its update and nothing else', () => {
    const state = read([
      ...begun,
      entry(4, 'output', { cell: 1, output: display('10 %', 'display_data') }),
      entry(5, 'output', {
        cell: 1,
        output: display('other', 'display_data', 'd2')
      }),
      entry(6, 'output', {
        cell: 1,
        output: display('20 %', 'update_display_data')
      })
    ]);
    const shown = state.cells.get(1)?.outputs.map(one => one.data);
    expect(shown).toEqual([
      { 'text/plain': '20 %' },
      { 'text/plain': 'other' }
    ]);
  });

  it('does not read an entry twice', () => {
    const first = read([
      ...begun,
      entry(4, 'output', { cell: 1, output: text('a') })
    ]);
    const again = read(
      [
        entry(4, 'output', { cell: 1, output: text('a') }),
        entry(5, 'output', { cell: 1, output: text('b') })
      ],
      first
    );
    expect(again.cells.get(1)?.outputs).toHaveLength(2);
    expect(again.entries).toHaveLength(5);
  });

  it('leaves the former state as it was', () => {
    const first = read(begun);
    read([entry(4, 'output', { cell: 1, output: text('a') })], first);
    expect(first.cells.get(1)?.outputs).toEqual([]);
  });

  it('keeps the injected parameters apart from cell 0', () => {
    const state = read([
      entry(1, 'cell_started', { cell: null, number: 1, cells: 2 }),
      entry(2, 'cell_finished', { cell: null, status: 'ok', duration: 0.1 }),
      entry(3, 'cell_started', { cell: 0, number: 2, cells: 2 })
    ]);
    expect(state.cells.get(null)?.phase).toBe('ok');
    expect(runningCell(state)?.cell).toBe(0);
  });

  it('does not take the verdict for a cell that ran', () => {
    const state = read([
      entry(1, 'finished', { cell: 3, outcome: 'failed', reason: 'x' })
    ]);
    expect(state.cells.size).toBe(0);
  });
});

it('knows the cells whose output was cut', () => {
  const message = 'Output was cut: more than 10 MB.';
  const state = read([
    entry(1, 'warning', { cell: 0, message: 'Something else.' }),
    entry(2, 'warning', { cell: 4, message })
  ]);
  expect(cutCells(state)).toEqual([5]);
});
