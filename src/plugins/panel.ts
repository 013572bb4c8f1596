import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { deployIcon } from '../icons';
import { CommandIDs, IDeployModel, TRANSLATION_DOMAIN } from '../tokens';
import { DeploymentsPanel } from '../widgets/panel';

/** `make demo` opens JupyterLab on it. */
const PANEL_ID = 'jupyter-deploy-panel';
/** Below the file browser and the running sessions. */
const RANK = 350;

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:panel',
  description: 'The deployments in the side area.',
  autoStart: true,
  requires: [IDeployModel],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    model: IDeployModel,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const { commands, shell } = app;
    const panel = new DeploymentsPanel({ model, commands, trans });
    panel.id = PANEL_ID;
    panel.title.icon = deployIcon;
    panel.title.caption = trans.__('Deployments');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Deployments'));
    shell.add(panel, 'left', { rank: RANK, type: 'Deployments' });
    restorer?.add(panel, PANEL_ID);
    commands.addCommand(CommandIDs.openPanel, {
      label: trans.__('Show Deployments'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => shell.activateById(PANEL_ID)
    });
    palette?.addItem({
      command: CommandIDs.openPanel,
      category: trans.__('Deploy')
    });
  }
};
