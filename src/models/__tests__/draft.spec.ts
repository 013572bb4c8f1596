import type * as nbformat from '@jupyterlab/nbformat';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import { draftOf, placeOf, python, saveNew } from '../draft';

function code(source: string, ...tags: string[]): nbformat.ICell {
  return {
    cell_type: 'code',
    source,
    metadata: { tags },
    execution_count: 1,
    outputs: [{ output_type: 'stream', name: 'stdout', text: 'old' }]
  };
}

function notebook(
  cells: nbformat.ICell[],
  language = 'python'
): nbformat.INotebookContent {
  const kernelspec = { name: 'ml', display_name: 'ML', language };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
}

const source = notebook([
  { cell_type: 'markdown', source: '# Title', metadata: {} },
  code('n = 1', 'parameters'),
  code('n / 0')
]);

describe('draftOf', () => {
  it('has the cell that the run was given, and nothing executed', () => {
    const executed = notebook([
      ...source.cells.slice(0, 2),
      code('n = 7', 'injected-parameters'),
      source.cells[2]
    ]);
    const draft = draftOf({ parameters: { n: 7 } }, source, executed);
    expect(draft.cells.map(cell => cell.source)).toEqual([
      '# Title',
      'n = 1',
      'n = 7',
      'n / 0'
    ]);
    expect(draft.cells.flatMap(cell => cell.outputs ?? [])).toEqual([]);
    expect(draft.metadata.kernelspec?.name).toBe('ml');
    expect(source.cells[1].outputs).toHaveLength(1);
  });

  it('writes the parameters where the run left no notebook', () => {
    const draft = draftOf({ parameters: { n: 7, on: true } }, source, null);
    expect(draft.cells[2].source).toBe('# Parameters\nn = 7\non = True');
    expect(draft.cells[2].metadata.tags).toEqual(['injected-parameters']);
  });

  it('is the source where there is nothing to add', () => {
    expect(draftOf({ parameters: {} }, source, null).cells).toHaveLength(3);
    const r = notebook([code('n <- 1', 'parameters')], 'R');
    expect(draftOf({ parameters: { n: 7 } }, r, null).cells).toHaveLength(1);
  });

  it('puts parameters first where none are declared', () => {
    const plain = notebook([code('n / 0')]);
    const draft = draftOf({ parameters: { n: 7 } }, plain, null);
    expect(draft.cells[0].source).toContain('n = 7');
  });
});

it('spells values as Python does', () => {
  expect(python(null)).toBe('None');
  expect(python([true, 1.5, 'a"b\n'])).toBe('[True, 1.5, "a\\"b\\n"]');
  expect(python({ a: { b: [] } })).toBe('{"a": {"b": []}}');
});

it('counts the injected cell', () => {
  const cells = [code('a'), code('b', 'injected-parameters'), code('c')];
  expect([0, 1].map(index => placeOf(cells, index))).toEqual([0, 2]);
  expect(placeOf([code('a'), code('c')], 1)).toBe(1);
});

describe('saveNew', () => {
  const save = jest.fn(() => Promise.resolve({}));
  const remove = jest.fn(() => Promise.resolve());

  function contents(
    untitled: string,
    rename: (path: string) => Promise<unknown>
  ): Contents.IManager {
    return {
      newUntitled: () => Promise.resolve({ path: untitled }),
      save,
      delete: remove,
      rename: (_: string, path: string) => rename(path)
    } as unknown as Contents.IManager;
  }

  function refusal(status: number): Error {
    const response = { status, statusText: '' } as Response;
    return new ServerConnection.ResponseError(response, `status ${status}`);
  }

  beforeEach(() => jest.clearAllMocks());

  it.each([
    ['sub/Untitled.ipynb', 'sub/a 3.ipynb'],
    ['Untitled.ipynb', 'a 3.ipynb'],
    ['RTC:Untitled.ipynb', 'RTC:a 3.ipynb']
  ])('counts on from names that are taken: %s', async (untitled, path) => {
    const manager = contents(untitled, name =>
      name === path
        ? Promise.resolve({ path: name })
        : Promise.reject(refusal(409))
    );
    await expect(saveNew(manager, '', 'a', source)).resolves.toBe(path);
    expect(remove).not.toHaveBeenCalled();
  });

  it('leaves nothing behind when it fails', async () => {
    const manager = contents('Untitled.ipynb', () =>
      Promise.reject(refusal(403))
    );
    await expect(saveNew(manager, '', 'a', source)).rejects.toThrow('403');
    expect(remove).toHaveBeenCalledWith('Untitled.ipynb');
  });
});
