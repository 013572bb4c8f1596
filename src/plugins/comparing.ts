import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, IDeployModel, TRANSLATION_DOMAIN } from '../tokens';
import { COMPARE_QUERY } from './links';
import { createShow } from './showing';

/** `6-7` as in links and ids; `7` stands for the last good run and 7. */
function readPair(text: string): { a: number | null; b: number } {
  const numbers = text.split('-').map(Number);
  const [a, b] = numbers.length > 1 ? numbers : [null, numbers[0]];
  return { a, b };
}

export const comparingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploy:comparing',
  description: 'The pages that compare the results of two runs.',
  autoStart: true,
  requires: [IDeployModel],
  optional: [ITranslator, ILabShell, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    model: IDeployModel,
    givenTranslator: ITranslator | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const { commands } = app;
    const shared = { api: model.api, commands, translator };
    const show = createShow(app, labShell);
    const pages = new WidgetTracker<MainAreaWidget>({
      namespace: 'deploy-compares'
    });

    commands.addCommand(CommandIDs.compare, {
      label: trans.__('Compare runs'),
      describedBy: {
        args: {
          type: 'object',
          required: ['b'],
          properties: {
            a: {
              type: ['integer', 'null'],
              description: trans.__('The earlier run; the last good one if not')
            },
            b: { type: 'integer', description: trans.__('The later run') }
          }
        }
      },
      execute: async args => {
        const a = typeof args.a === 'number' ? args.a : null;
        const b = Number(args.b);
        const name = a === null ? `${b}` : `${a}-${b}`;
        const query = `${COMPARE_QUERY}=${name}`;
        await show(pages, `jp-deploy-compare-${name}`, query, async () => {
          const { createComparePage } = await import('../widgets/comparePage');
          return createComparePage({ pair: { a, b }, ...shared });
        });
      }
    });

    const key = (widget: MainAreaWidget): string =>
      widget.id.replace('jp-deploy-compare-', '');
    void restorer?.restore(pages, {
      command: CommandIDs.compare,
      args: widget => readPair(key(widget)),
      name: key
    });
  }
};
