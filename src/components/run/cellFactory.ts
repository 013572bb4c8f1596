import {
  Cell,
  CodeCell,
  CodeCellModel,
  MarkdownCell,
  MarkdownCellModel,
  RawCell,
  RawCellModel
} from '@jupyterlab/cells';
import type {
  IEditorFactoryService,
  IEditorMimeTypeService
} from '@jupyterlab/codeeditor';
import type * as nbformat from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { sourceText } from './cells';

/** Outputs beyond this many of one cell wait behind a click. */
const MAX_OUTPUTS = 50;

export interface ICellFactoryOptions {
  rendermime: IRenderMimeRegistry;
  editorFactory: IEditorFactoryService;
  mimeTypeService: IEditorMimeTypeService;
  language: nbformat.ILanguageInfoMetadata;
}

/** JupyterLab's own cells, to read only and never trusted: outputs are sanitised. */
export class CellFactory {
  constructor(private _options: ICellFactoryOptions) {
    const { editorFactory, mimeTypeService, language } = _options;
    this._mimeType = mimeTypeService.getMimeTypeByLanguage(language);
    this._contentFactory = new Cell.ContentFactory({
      editorFactory: options =>
        editorFactory.newInlineEditor({
          ...options,
          config: { ...options.config, lineNumbers: false, readOnly: true }
        })
    });
  }

  /** `label` names the editor for those who do not see where it stands. */
  create(cell: nbformat.ICell, label: string): Cell {
    const made = this._make(cell);
    made.readOnly = true;
    made.initializeState();
    made.editorWidget?.node
      .querySelector('[role="textbox"]')
      ?.setAttribute('aria-label', label);
    return made;
  }

  private _make(cell: nbformat.ICell): Cell {
    const contentFactory = this._contentFactory;
    const rendermime = this._options.rendermime;
    if (cell.cell_type === 'code') {
      const model = this._codeModel(cell as nbformat.ICodeCell);
      return new CodeCell({
        model,
        rendermime,
        contentFactory,
        maxNumberOutputs: MAX_OUTPUTS,
        placeholder: false
      });
    }
    if (cell.cell_type === 'markdown') {
      const model = new MarkdownCellModel();
      fill(model, cell);
      const { attachments } = cell as nbformat.IMarkdownCell;
      if (attachments) {
        model.attachments.fromJSON(attachments);
      }
      return new MarkdownCell({
        model,
        rendermime,
        contentFactory,
        placeholder: false
      });
    }
    const model = new RawCellModel();
    fill(model, cell);
    return new RawCell({ model, contentFactory, placeholder: false });
  }

  private _codeModel(cell: nbformat.ICodeCell): CodeCellModel {
    const model = new CodeCellModel();
    fill(model, cell);
    model.mimeType = this._mimeType;
    model.executionCount = cell.execution_count ?? null;
    model.outputs.fromJSON(cell.outputs ?? []);
    return model;
  }

  private _mimeType: string;
  private _contentFactory: Cell.ContentFactory;
}

type IAnyModel = CodeCellModel | MarkdownCellModel | RawCellModel;

function fill(model: IAnyModel, cell: nbformat.ICell): void {
  model.sharedModel.setSource(sourceText(cell));
  for (const [name, value] of Object.entries(cell.metadata ?? {})) {
    if (name !== 'trusted' && value !== undefined) {
      model.setMetadata(name, value);
    }
  }
}
