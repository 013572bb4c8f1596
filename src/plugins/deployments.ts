import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { CommandIDs, IDeployModel, TRANSLATION_DOMAIN } from '../tokens';

/** What can be done with a deployment, wherever it is shown. */
export const deploymentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:deployments',
  description: 'Commands for a deployment: run, pause, resume, delete.',
  autoStart: true,
  requires: [IDeployModel],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IDeployModel,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
    const actions = createActions(app, model, trans);

    const add = (
      id: string,
      label: string,
      action: (name: string) => Promise<void>
    ): void => {
      app.commands.addCommand(id, {
        label,
        describedBy: {
          args: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' } }
          }
        },
        execute: async args => {
          try {
            await action(String(args.name));
          } catch (error) {
            const { showProblem } = await import('../widgets/problem');
            await showProblem(label.replace(/…$/, ''), error);
          }
          await model.refresh();
        }
      });
    };

    add(CommandIDs.runNow, trans.__('Run now…'), actions.runNow);
    add(CommandIDs.pause, trans.__('Pause schedule'), actions.pause);
    add(CommandIDs.resume, trans.__('Resume schedule'), actions.resume);
    add(CommandIDs.delete, trans.__('Delete…'), actions.remove);
    add(
      CommandIDs.openNotebook,
      trans.__('Open notebook'),
      actions.openNotebook
    );
  }
};

interface IActions {
  runNow: (name: string) => Promise<void>;
  pause: (name: string) => Promise<void>;
  resume: (name: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
  openNotebook: (name: string) => Promise<void>;
}

function createActions(
  app: JupyterFrontEnd,
  model: IDeployModel,
  trans: TranslationBundle
): IActions {
  const { api } = model;
  return {
    runNow: async name => {
      const deployment = await api.deployment(name);
      const key = UUID.uuid4();
      const start = async (values: Record<string, unknown>): Promise<void> => {
        await api.startRun(name, values, key);
      };
      if (deployment.parameter_schema.length > 0) {
        const { runNowWithParameters } =
          await import('../components/runs/RunNowDialog');
        await runNowWithParameters(deployment, start, trans);
      } else {
        await start({});
      }
    },
    pause: async name => {
      await api.setPaused(name, true);
    },
    resume: async name => {
      await api.setPaused(name, false);
    },
    remove: async name => {
      if (await confirmDelete(name, trans)) {
        await api.deleteDeployment(name);
      }
    },
    openNotebook: async name => {
      const { path } = await api.notebookPlace(name);
      await app.commands.execute('docmanager:open', { path });
    }
  };
}

async function confirmDelete(
  name: string,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Take “%1” out of production?', name),
    body: trans.__(
      'It will not run again, and what is queued is cancelled. The notebook, its past runs and their outputs stay.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
