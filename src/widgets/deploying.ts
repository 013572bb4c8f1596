import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { IDeployment } from '../components/common';
import { formatBytes, formatDuration } from '../components/common/format';
import { dayAndClock } from '../components/runs/summary';
import { runOfPath } from '../models/runsDrive';
import type { IDeployModel } from '../tokens';
import { CommandIDs } from '../tokens';
import { askHowToDeploy } from './deployDialog';
import { changeNotebook } from './editing';
import { showProblem } from './problem';

export interface IDeployingOptions {
  model: IDeployModel;
  docManager: IDocumentManager;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** Save, ask, deploy, and offer what comes next. */
export async function deployNotebook(
  path: string,
  options: IDeployingOptions
): Promise<void> {
  const { model, docManager, commands, trans } = options;
  const run = runOfPath(path);
  if (run !== null) {
    await showErrorMessage(
      trans.__('This is what run %1 left', run),
      trans.__('Open the run as a draft on its page, and deploy that.')
    );
    return;
  }
  await saveIfDirty(path, docManager);
  // The dialog says whose a name is, also when the panel was never open.
  const watch = model.watch();
  try {
    const answer = await askHowToDeploy({
      api: model.api,
      // A collaborative drive puts its name before the path.
      notebook: docManager.services.contents.localPath(path),
      deployments: () => model.deployments,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      edit: edits => changeNotebook(path, edits, docManager, trans),
      openRun: id => void commands.execute(CommandIDs.openRun, { id }),
      trans
    });
    if (answer) {
      void model.refresh();
      await offerNext(answer.deployment, answer.news, options);
    }
  } finally {
    watch.dispose();
  }
}

/** What is deployed is the file, so the file has to be what is on the screen. */
async function saveIfDirty(
  path: string,
  docManager: IDocumentManager
): Promise<void> {
  const widget = docManager.findWidget(path);
  const context = widget && docManager.contextForWidget(widget);
  if (context?.model.dirty) {
    await context.save();
  }
}

async function offerNext(
  deployment: IDeployment,
  news: boolean,
  { model, commands, trans }: IDeployingOptions
): Promise<void> {
  const { name } = deployment;
  const open = Dialog.createButton({
    label: trans.__('Open'),
    actions: ['open']
  });
  const run = Dialog.okButton({ label: trans.__('Run now'), actions: ['run'] });
  const { button } = await showDialog({
    title: liveSentence(deployment, news, trans),
    body: [
      startSentence(deployment, new Date(), trans),
      forecastSentence(deployment, trans)
    ]
      .filter(Boolean)
      .join(' '),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') }), open, run]
  });
  if (button.actions.includes('run')) {
    try {
      const { id } = await model.api.startRun(name, {}, UUID.uuid4());
      await commands.execute(CommandIDs.openRun, { id });
    } catch (error) {
      await showProblem(trans.__('Run now'), error);
    }
  } else if (button.actions.includes('open')) {
    await commands.execute(CommandIDs.openDeployment, { name });
  }
}

export function liveSentence(
  deployment: IDeployment,
  news: boolean,
  trans: TranslationBundle
): string {
  const { name, version } = deployment;
  return news
    ? trans.__('Version %1 of “%2” is live', version, name)
    : trans.__('Version %1 of “%2” was live already', version, name);
}

/** What a run takes, if that was measured. */
export function forecastSentence(
  deployment: IDeployment,
  trans: TranslationBundle
): string {
  const { mode, forecast } = deployment.preflight;
  if (mode !== 'full' || !forecast || forecast.duration === null) {
    return '';
  }
  const took = formatDuration(forecast.duration);
  return forecast.memory === null
    ? trans.__('It takes about %1.', took)
    : trans.__(
        'It takes about %1 and %2 of memory.',
        took,
        formatBytes(forecast.memory)
      );
}

/** When it runs first. */
export function startSentence(
  deployment: IDeployment,
  now: Date,
  trans: TranslationBundle
): string {
  const [first] = deployment.next_fires;
  if (deployment.paused) {
    return trans.__('Its schedule is paused.');
  }
  return first
    ? trans.__('It runs next %1.', dayAndClock(first, now, trans))
    : trans.__('It runs when you start it.');
}
