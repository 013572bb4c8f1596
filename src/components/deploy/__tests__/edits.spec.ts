import type { INotebookContent } from '@jupyterlab/nbformat';
import { storedCells } from '../../../widgets/editing';
import type { ILine } from '../../compare/lines';
import { applyEdits, lineChanges } from '../edits';
import type { IEdit } from '../edits';

function notebook(minor = 5): INotebookContent {
  const code = (id: string, source: string | string[]) => ({
    cell_type: 'code',
    execution_count: 3,
    id,
    metadata: {},
    outputs: [{ output_type: 'stream', name: 'stdout', text: 'kept' }],
    source
  });
  return {
    metadata: {},
    nbformat: 4,
    nbformat_minor: minor,
    cells: [
      { cell_type: 'markdown', id: 'm', metadata: {}, source: 'a' },
      code('one', ['a\r\n', 'b']),
      code('two', 'c')
    ]
  };
}

const sources = ({ cells }: INotebookContent): unknown[] =>
  cells.map(cell => cell.source);

const NEW: IEdit = { cell: 1, before: null, after: 'n', tags: ['parameters'] };

describe('applyEdits', () => {
  it('makes all of them, each where it was meant', () => {
    const content = notebook();
    const edits: IEdit[] = [
      NEW,
      { cell: 1, before: 'a\nb', after: 'B', tags: [] },
      { cell: 2, before: null, after: 'between', tags: [] },
      { cell: 2, before: 'c', after: 'C', tags: [] },
      { cell: 3, before: null, after: 'last', tags: [] }
    ];
    expect(applyEdits(storedCells(content), edits)).toBe(true);
    expect(sources(content)).toEqual(['a', 'n', 'B', 'between', 'C', 'last']);
    expect(content.cells[1].metadata).toEqual({ tags: ['parameters'] });
    expect(content.cells[2]).toMatchObject({ id: 'one', execution_count: 3 });
    expect(new Set(content.cells.map(cell => cell.id)).size).toBe(6);
  });

  it('gives no ids where the format has none', () => {
    const content = notebook(4);
    expect(applyEdits(storedCells(content), [NEW])).toBe(true);
    expect(content.cells[1]).not.toHaveProperty('id');
  });

  it.each<[string, IEdit]>([
    ['has another source', { cell: 2, before: 'x', after: 'y', tags: [] }],
    ['is no code', { cell: 0, before: 'a', after: 'y', tags: [] }],
    ['is gone', { cell: 3, before: 'c', after: 'y', tags: [] }],
    ['has no place', { cell: 4, before: null, after: 'y', tags: [] }]
  ])('makes none when a cell %s', (_, wrong) => {
    const content = notebook();
    expect(applyEdits(storedCells(content), [NEW, wrong])).toBe(false);
    expect(content).toEqual(notebook());
  });
});

describe('lineChanges', () => {
  const shown = (lines: readonly ILine[]): string[] =>
    lines.map(
      ({ kind, pieces }) => `${kind} ${pieces.map(item => item.text).join('')}`
    );

  it('shows what changes between lines that stay', () => {
    const before = "x = 1\npassword = 'a'\ny = 2";
    const after = 'import os\nx = 1\npassword = os\ny = 2';
    expect(shown(lineChanges(before, after))).toEqual([
      'new import os',
      'same x = 1',
      "old password = 'a'",
      'new password = os',
      'same y = 2'
    ]);
  });

  it('folds lines that are far from any change', () => {
    const lines = [...Array(9).keys()].map(String);
    const after = ['new', ...lines.slice(0, 8), '8!'].join('\n');
    expect(shown(lineChanges(lines.join('\n'), after))).toEqual([
      'new new',
      'same 0',
      'same 1',
      'gap ⋯',
      'same 6',
      'same 7',
      'old 8',
      'new 8!'
    ]);
  });

  it('shows all of a new cell, and a cell that loses all', () => {
    expect(shown(lineChanges(null, 'a\nb'))).toEqual(['new a', 'new b']);
    expect(shown(lineChanges('a', ''))).toEqual(['old a']);
  });
});
