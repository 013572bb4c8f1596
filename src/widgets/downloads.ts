import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import type { DeployApi, IForm } from '../api/client';
import { formatBytes } from '../components/common';
import type { IRun } from '../components/common';
import { save } from './outputDialog';

export interface IDownloadOptions {
  run: IRun;
  api: DeployApi;
  /** Runs what takes a while; shows its error. */
  act: (action: () => Promise<void>) => void;
  trans: TranslationBundle;
}

/** Files in the menu; the page lists them all. */
const MOST_FILES = 15;
const NOTEBOOK = 'output.ipynb';
/** Milliseconds after which a browser has taken what it saves. */
const TAKEN = 60_000;

/** The notebook in every form, then the run's other files. */
export function createDownloads(options: IDownloadOptions): Menu {
  const { run, api } = options;
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  let number = 0;
  const add = (label: string, execute: () => void): void => {
    const command = `download-${number++}`;
    const describedBy = { args: { type: 'object', properties: {} } };
    commands.addCommand(command, { label, execute, describedBy });
    menu.addItem({ command });
  };
  addForms(add, options);
  const others = run.outputs.filter(file => file.name !== NOTEBOOK);
  if (others.length > 0) {
    menu.addItem({ type: 'separator' });
  }
  for (const { name, size } of others.slice(0, MOST_FILES)) {
    const url = api.outputUrl(run.id, name);
    add(`${name} (${formatBytes(size)})`, () => save(url, name));
  }
  return menu;
}

function addForms(
  add: (label: string, execute: () => void) => void,
  { run, api, act, trans }: IDownloadOptions
): void {
  const make = (form: IForm, hideCode = false): void =>
    act(async () => {
      const { blob, name } = await api.rendered(run.id, form, hideCode);
      const url = URL.createObjectURL(blob);
      save(url, name);
      window.setTimeout(() => URL.revokeObjectURL(url), TAKEN);
    });
  add(trans.__('Notebook (.ipynb)'), () =>
    save(api.outputUrl(run.id, NOTEBOOK), `${run.deployment}-${run.id}.ipynb`)
  );
  add(trans.__('Web page (HTML)'), () => make('html'));
  add(trans.__('Web page without code'), () => make('html', true));
  add(trans.__('PDF'), () => make('pdf'));
  add(trans.__('Markdown'), () => make('markdown'));
  add(trans.__('Script'), () => make('script'));
}
