import type * as nbformat from '@jupyterlab/nbformat';
import { grouped, shownCells, timelineBars, withLedger } from '../cells';
import type { IBar } from '../cells';
import { emptyLedger, readLedger } from '../ledger';
import { parameterRows } from '../parameters';
import { barHeight } from '../Timeline';
import { entry } from './fixtures';

function cell(type: string, source: string, tags?: string[]): nbformat.ICell {
  return { cell_type: type, source, metadata: tags ? { tags } : {} };
}

const asDeployed = [
  cell('markdown', '# Title'),
  cell('code', 'n = 1', ['parameters']),
  cell('code', 'print(n)')
];
const asExecuted = [
  cell('markdown', 'failed', ['papermill-error-cell-tag']),
  ...asDeployed.slice(0, 2),
  cell('code', 'n = 2', ['injected-parameters']),
  asDeployed[2]
];

describe('shownCells', () => {
  it('numbers executed cells as they were deployed', () => {
    const shown = shownCells(asExecuted, true);
    expect(shown.map(item => item.source)).toEqual([null, 0, 1, null, 2]);
  });

  it('keeps a tag that the deployed notebook has itself', () => {
    const source = [cell('code', 'n = 2', ['injected-parameters'])];
    expect(shownCells(source, false)[0].source).toBe(0);
  });
});

describe('withLedger', () => {
  const ledger = readLedger(
    emptyLedger,
    [
      entry(1, 'cell_started', { cell: 1, number: 1, cells: 2 }),
      entry(2, 'output', {
        cell: 1,
        output: { output_type: 'stream' } as never
      })
    ],
    2,
    false
  );

  it('shows the outputs of this run, never those saved with the notebook', () => {
    const saved = {
      ...asDeployed[2],
      outputs: [{ output_type: 'stream' }],
      execution_count: 9
    };
    const shown = withLedger(
      shownCells([asDeployed[0], asDeployed[1], saved], false),
      ledger
    );
    expect(shown[1].cell.outputs).toHaveLength(1);
    expect(shown[2].cell.outputs).toEqual([]);
    expect(shown[2].cell.execution_count).toBeNull();
  });

  it('has a bar for each code cell that is not empty, run or not', () => {
    const cells = [...asDeployed, cell('code', ' \n')];
    const bars = timelineBars(shownCells(cells, false), ledger);
    expect(bars.map(bar => [bar.source, bar.phase])).toEqual([
      [1, 'running'],
      [2, 'waiting']
    ]);
  });
});

it('groups the bars of very many cells, the failed one in front', () => {
  const bar = (source: number): IBar => ({
    source,
    phase: source === 7 ? 'error' : 'ok',
    seconds: 2,
    startedAt: null,
    usual: 1
  });
  const bars = [...Array(10).keys()].map(bar);
  expect(grouped(bars, 10)).toHaveLength(10);
  const found = grouped(bars, 3);
  expect(found.map(one => [one.first, one.last])).toEqual([
    [0, 3],
    [4, 7],
    [8, 9]
  ]);
  expect(found[1]).toMatchObject({
    source: 7,
    phase: 'error',
    seconds: 8,
    usual: 4
  });
  expect(grouped([], 3)).toEqual([]);
});

it('keeps short cells visible beside long ones', () => {
  expect(barHeight(0.001, 3600)).toBeGreaterThan(20);
  expect(barHeight(3600, 3600)).toBe(100);
  expect(barHeight(0, 0)).toBe(25);
});

it('tells changed parameters from defaults', () => {
  const parameter = {
    type: 'int',
    help: null,
    name: 'n',
    default: 1,
    default_source: '1'
  } as const;
  const schema = [parameter, { ...parameter, name: 'm' }];
  const rows = (parameters: Record<string, unknown>): unknown[] =>
    parameterRows({ parameters }, schema).map(row => [
      row.name,
      row.value,
      row.changed
    ]);
  expect(rows({ n: 2 })).toEqual([
    ['n', '2', true],
    ['m', '1', false]
  ]);
  expect(rows({ n: 1, extra: 'x' })).toEqual([
    ['n', '1', false],
    ['extra', 'x', true],
    ['m', '1', false]
  ]);
});
