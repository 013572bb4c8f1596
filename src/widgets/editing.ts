import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ICodeCell, INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { applyEdits } from '../components/deploy/edits';
import type { ICells, IEdit } from '../components/deploy/edits';

type ISharedNotebook = INotebookModel['sharedModel'];

/**
 * Change the notebook and save it: the open document, where that can be undone, else the file.
 *
 * Nothing is changed, and an Error says so, when a cell is not as it was.
 */
export async function changeNotebook(
  path: string,
  edits: readonly IEdit[],
  docManager: IDocumentManager,
  trans: TranslationBundle
): Promise<void> {
  const widget = docManager.findWidget(path);
  const context = widget && docManager.contextForWidget(widget);
  const shared = context?.model.sharedModel;
  let done = false;
  if (context && shared && 'cells' in shared) {
    const notebook = shared as unknown as ISharedNotebook;
    notebook.transact(() => {
      done = applyEdits(openCells(notebook), edits);
    });
    await (done && context.save());
  } else {
    const { contents } = docManager.services;
    const model = await contents.get(path, { type: 'notebook', content: true });
    const content = model.content as INotebookContent;
    done = applyEdits(storedCells(content), edits);
    await (done &&
      contents.save(path, { type: 'notebook', format: 'json', content }));
  }
  if (!done) {
    throw new Error(
      trans.__(
        'Nothing was changed: the notebook is not as it was when it was checked. Save it, and open this dialog again.'
      )
    );
  }
}

function openCells(notebook: ISharedNotebook): ICells {
  return {
    count: notebook.cells.length,
    source: index => {
      const cell = notebook.getCell(index);
      return cell.cell_type === 'code' ? cell.getSource() : null;
    },
    replace: (index, source) => notebook.getCell(index).setSource(source),
    insert: (index, source, tags) => {
      notebook.insertCell(index, {
        cell_type: 'code',
        source,
        metadata: tags.length > 0 ? { tags: [...tags] } : {}
      });
    }
  };
}

/** As a file has them, whose sources may be lists of lines. */
export function storedCells(notebook: INotebookContent): ICells {
  const { cells } = notebook;
  return {
    count: cells.length,
    source: index => {
      const { cell_type, source } = cells[index];
      const text = typeof source === 'string' ? source : source.join('');
      return cell_type === 'code' ? text : null;
    },
    replace: (index, source) => {
      cells[index].source = source;
    },
    insert: (index, source, tags) => {
      const cell: ICodeCell = {
        cell_type: 'code',
        execution_count: null,
        metadata: tags.length > 0 ? { tags: [...tags] } : {},
        outputs: [],
        source
      };
      if (notebook.nbformat_minor >= 5) {
        cell.id = UUID.uuid4();
      }
      cells.splice(index, 0, cell);
    }
  };
}
