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

/** Fails far down, with a parameter and files of each kind. */
export const leaving = notebook(
  { source: 'region = "eu"', tags: ['parameters'] },
  [
    'from pathlib import Path',
    'from PIL import Image',
    'Image.new("RGB", (240, 120), "teal").save("plot.png")',
    'Path("broken.png").write_bytes(b"no image")',
    'rows = "".join(f\'{n},"name, {n}",{n * 1.5}\\n\' for n in range(5000))',
    'Path("scores.csv").write_text("id,name,score\\n" + rows)',
    'Path("notes.log").write_text("<b>not bold</b>\\n" * 30000)',
    'Path("page.html").write_text(',
    '    "<h1>Report</h1><script>parent.document.title = \'broken into\'</script>"',
    ')',
    'Path("model.bin").write_bytes(bytes(2000));'
  ].join('\n'),
  'print("\\n".join(f"line {i}" for i in range(80)))',
  'prices = {region: 1}\nprices["pear"]'
);

export const quick = notebook('print("done")');

/** Runs until it is cancelled. */
export const endless = notebook('import time\ntime.sleep(600)');

/** A PNG without a library: a bar of so many of 200 pixels. */
const PICTURE = `import base64, struct, zlib
from IPython.display import display

def chunk(name, data):
    crc = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + crc

def bar(width):
    row = b"\\0" + b"\\x20\\x60\\xc0" * width + b"\\xff\\xff\\xff" * (200 - width)
    head = struct.pack(">IIBBBBB", 200, 120, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * 120)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + body).decode()`;

/** Shows one of everything that runs are compared by. */
export function shows(values: {
  readonly auc: number;
  readonly rows: readonly (readonly [string, number])[];
  readonly width: number;
  readonly says: string;
}): nbformat.INotebookContent {
  const rows = JSON.stringify(values.rows);
  return notebook(
    { source: '# Model', type: 'markdown' },
    PICTURE,
    `print("auc:", ${values.auc})`,
    `from IPython.display import HTML\nline = "<tr><th>{0}</th><td>{1}</td></tr>".format\nHTML("<table><tr><th></th><th>sales</th></tr>" + "".join(line(*row) for row in ${rows}) + "</table>")`,
    `display({"image/png": bar(${values.width})}, raw=True)`,
    `print("${values.says}")`,
    'object()',
    'sum(range(10))'
  );
}
