import { ILabShell } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { deployIcon } from '../icons';
import { CommandIDs, IDeployModel, TRANSLATION_DOMAIN } from '../tokens';

export const deployPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:deploy',
  description:
    'Deploys notebooks: toolbar button, menus, launcher and command palette.',
  autoStart: true,
  requires: [IDeployModel, IDocumentManager],
  optional: [
    ITranslator,
    INotebookTracker,
    IDefaultFileBrowser,
    ILabShell,
    ILauncher,
    ICommandPalette
  ],
  activate: (
    app: JupyterFrontEnd,
    model: IDeployModel,
    docManager: IDocumentManager,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
    fileBrowser: IDefaultFileBrowser | null,
    labShell: ILabShell | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const { commands } = app;

    /** The notebook that is meant: named, clicked, in front, or asked for. */
    const find = async (from: unknown): Promise<string | null> => {
      if (from === 'browser') {
        return clicked(fileBrowser) ?? null;
      }
      const current = notebooks?.currentWidget ?? null;
      const inFront =
        from !== 'launcher' &&
        current !== null &&
        (labShell === null || labShell.currentWidget === current);
      return inFront ? current.context.path : choose();
    };

    const choose = async (): Promise<string | null> => {
      const { value } = await FileDialog.getOpenFiles({
        manager: docManager,
        title: trans.__('Which notebook?'),
        defaultPath: fileBrowser?.model.path,
        // Folders stay, so that there is a way to what they hold.
        filter: item =>
          item.type === 'notebook' || item.type === 'directory' ? {} : null,
        translator: translator ?? undefined
      });
      return value?.find(item => item.type === 'notebook')?.path ?? null;
    };

    commands.addCommand(CommandIDs.deploy, {
      label: args =>
        args.from === 'launcher'
          ? trans.__('Deploy a Notebook')
          : trans.__('Deploy Notebook…'),
      caption: args =>
        args.from === 'launcher'
          ? trans.__('Choose a notebook and deploy it')
          : trans.__('Deploy this notebook'),
      icon: deployIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: { type: 'string', description: trans.__('The notebook') },
            from: {
              type: 'string',
              description: trans.__(
                '“browser”: the one selected there; “launcher”: ask for one'
              )
            }
          }
        }
      },
      execute: async args => {
        const path =
          typeof args.path === 'string' ? args.path : await find(args.from);
        if (path !== null) {
          const { deployNotebook } = await import('../widgets/deploying');
          await deployNotebook(path, { model, docManager, commands, trans });
        }
      }
    });

    launcher?.add({
      command: CommandIDs.deploy,
      args: { from: 'launcher' },
      category: trans.__('Other'),
      rank: 20
    });
    palette?.addItem({
      command: CommandIDs.deploy,
      category: trans.__('Deploy')
    });
  }
};

function clicked(browser: IDefaultFileBrowser | null): string | undefined {
  const items = browser ? [...browser.selectedItems()] : [];
  return items.find(item => item.type === 'notebook')?.path;
}
