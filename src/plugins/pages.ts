import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, IDeployModel, TRANSLATION_DOMAIN } from '../tokens';
import { DEPLOYMENT_QUERY, RUN_QUERY } from './links';
import { createShow } from './showing';

export const pagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:pages',
  description: 'The pages of deployments and runs in the main area.',
  autoStart: true,
  requires: [IDeployModel, IRenderMimeRegistry, IEditorServices],
  optional: [ITranslator, ILabShell, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    model: IDeployModel,
    rendermime: IRenderMimeRegistry,
    editorServices: IEditorServices,
    givenTranslator: ITranslator | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const { commands } = app;
    const shared = { api: model.api, model, commands, translator };

    const deployments = new WidgetTracker<MainAreaWidget>({
      namespace: 'deploy-deployments'
    });
    const runs = new WidgetTracker<MainAreaWidget>({
      namespace: 'deploy-runs'
    });

    const show = createShow(app, labShell);

    commands.addCommand(CommandIDs.openDeployment, {
      label: trans.__('Show runs'),
      describedBy: {
        args: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' } }
        }
      },
      execute: async args => {
        const name = String(args.name);
        const query = `${DEPLOYMENT_QUERY}=${encodeURIComponent(name)}`;
        await show(
          deployments,
          `jp-deploy-deployment-${name}`,
          query,
          async () => {
            const { createDeploymentPage } =
              await import('../widgets/deploymentPage');
            return createDeploymentPage({ name, ...shared });
          }
        );
      }
    });

    commands.addCommand(CommandIDs.openRun, {
      label: trans.__('Show run'),
      describedBy: {
        args: {
          type: 'object',
          required: ['id'],
          properties: { id: { type: 'integer' } }
        }
      },
      execute: async args => {
        const id = Number(args.id);
        const query = `${RUN_QUERY}=${id}`;
        await show(runs, `jp-deploy-run-${id}`, query, async () => {
          const { createRunPage } = await import('../widgets/runPage');
          return createRunPage({
            id,
            rendermime,
            editorFactory: editorServices.factoryService,
            mimeTypeService: editorServices.mimeTypeService,
            ...shared
          });
        });
      }
    });

    const key = (widget: MainAreaWidget): string =>
      widget.id.replace(/^jp-deploy-(deployment|run)-/, '');
    void restorer?.restore(deployments, {
      command: CommandIDs.openDeployment,
      args: widget => ({ name: key(widget) }),
      name: key
    });
    void restorer?.restore(runs, {
      command: CommandIDs.openRun,
      args: widget => ({ id: Number(key(widget)) }),
      name: key
    });
  }
};
