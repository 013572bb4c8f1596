import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { DeployApi } from '../api/client';
import type { IOutputFile } from '../components/common';
import { OutputView } from '../components/outputs/OutputView';

export interface IOutputDialogOptions {
  run: number;
  file: IOutputFile;
  api: DeployApi;
  trans: TranslationBundle;
}

/** Show a file that a run left; the button saves it. */
export async function showOutput(options: IOutputDialogOptions): Promise<void> {
  const { run, file, api, trans } = options;
  const url = api.outputUrl(run, file.name);
  const body = ReactWidget.create(
    <OutputView
      file={file}
      url={url}
      readHead={limit => api.outputHead(run, file.name, limit)}
      trans={trans}
    />
  );
  body.addClass('jp-deploy-OutputView');
  body.node.tabIndex = 0;
  const dialog = new Dialog({
    title: file.name,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Download') })
    ],
    defaultButton: 0
  });
  dialog.addClass('jp-deploy-OutputDialog');
  dialog.node.setAttribute('aria-label', file.name);
  const { button } = await dialog.launch();
  if (button.accept) {
    save(url, file.name);
  }
}

/** What a click on a link to it does. */
export function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
