import type * as nbformat from '@jupyterlab/nbformat';

export interface ICellText {
  readonly source: string;
  readonly tags?: readonly string[];
  readonly type?: 'code' | 'markdown';
}

/** A notebook of these cells; plain text is code. */
export function notebook(
  ...cells: readonly (string | ICellText)[]
): nbformat.INotebookContent {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: {
        name: 'python3',
        display_name: 'Python 3 (ipykernel)',
        language: 'python'
      },
      language_info: { name: 'python' }
    },
    cells: cells.map((cell, index) =>
      asCell(typeof cell === 'string' ? { source: cell } : cell, index)
    )
  };
}

function asCell(cell: ICellText, index: number): nbformat.ICell {
  const common = {
    id: `cell-${index}`,
    source: cell.source,
    metadata: cell.tags ? { tags: [...cell.tags] } : {}
  };
  return cell.type === 'markdown'
    ? { ...common, cell_type: 'markdown' }
    : { ...common, cell_type: 'code', execution_count: null, outputs: [] };
}

/** A parameter of each usual type, rich output, and some seconds to watch. */
export const report = notebook(
  { source: '# Sales', type: 'markdown' },
  {
    source:
      'region = "eu"  # which market\nn_rows: int = 3\nrate = 0.5\nsample = False\nmarkets = ["eu", "us"]',
    tags: ['parameters']
  },
  'import time\nfor step in range(3):\n    print("step", step, flush=True)\n    time.sleep(0.5)',
  'from IPython.display import HTML\nHTML(f"<table><tr><th>region</th><td>{region}</td></tr></table>")',
  'print("rows", n_rows)'
);

/** Fails in its third cell, far down. */
export const failing = notebook(
  'print("\\n".join(f"line {i}" for i in range(80)))',
  { source: 'Text between', type: 'markdown' },
  'prices = {"apple": 1}\nprices["pear"]',
  'print("never reached")'
);

export const quick = notebook('print("done")');

/** Runs until it is cancelled. */
export const endless = notebook('import time\ntime.sleep(600)');
