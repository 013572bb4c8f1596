import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- there before the layout is restored
import { RunsDrive, runOfPath } from '../models/runsDrive';
import { CommandIDs, IDeployModel, TRANSLATION_DOMAIN } from '../tokens';

const ARGS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, cell: { type: 'integer' } }
};

/** Runs as notebooks in JupyterLab: to be read only, or as a draft to go on with. */
export const documentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:documents',
  description: 'Executed notebooks as documents, and drafts made of runs.',
  autoStart: true,
  requires: [IDeployModel, IDocumentManager],
  optional: [ITranslator, INotebookTracker, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    model: IDeployModel,
    docManager: IDocumentManager,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(new RunsDrive(model.api, serverSettings, trans));
    notebooks?.widgetAdded.connect((_, panel) => {
      if (runOfPath(panel.context.path) !== null) {
        keepAsItIs(panel);
      }
    });

    const add = (
      command: string,
      label: string,
      execute: (id: number, cell: number | null) => Promise<void>
    ): void => {
      app.commands.addCommand(command, {
        label,
        describedBy: { args: ARGS },
        execute: args => execute(Number(args.id), cellOf(args))
      });
    };

    add(
      CommandIDs.openDocument,
      trans.__('Open run as document'),
      async (id, cell) => {
        const { openDocument } = await import('../widgets/documents');
        await openDocument(id, cell, { api: model.api, docManager });
      }
    );
    add(
      CommandIDs.openDraft,
      trans.__('Open run as draft'),
      async (id, cell) => {
        const { openDraft } = await import('../widgets/documents');
        const folder = browser?.model.path ?? '';
        const options = { api: model.api, docManager, trans };
        await openDraft(id, cell, { ...options, contents, folder });
      }
    );
  }
};

function cellOf(args: ReadonlyPartialJSONObject): number | null {
  return typeof args.cell === 'number' ? args.cell : null;
}

/** No kernel starts and nothing is typed, also where the layout was restored. */
function keepAsItIs(panel: NotebookPanel): void {
  const { sessionContext } = panel.context;
  sessionContext.kernelPreference = {
    ...sessionContext.kernelPreference,
    shouldStart: false,
    canStart: false
  };
  void panel.context.ready.then(() => {
    const { model } = panel.context;
    const lock = (): void => {
      panel.content.widgets.forEach(cell => {
        cell.readOnly = true;
      });
      // Showing it changes the model here and there; there is nothing to save.
      model.dirty = false;
    };
    model.readOnly = true;
    model.stateChanged.connect(lock);
    panel.content.modelContentChanged.connect(lock);
    lock();
  });
}
