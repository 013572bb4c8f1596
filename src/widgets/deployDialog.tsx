import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { IDeployment } from '../components/common';
import { DeployForm } from '../components/deploy/DeployForm';
import { DeployDraft } from '../components/deploy/draft';
import type { IDeployDraftOptions } from '../components/deploy/draft';

class DeployBody extends ReactWidget {
  constructor(
    private _draft: DeployDraft,
    private _onOpenRun: (id: number) => void,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-deploy-Dialog-body');
    this._draft.changed.connect(this.update, this);
  }

  dispose(): void {
    this._draft.changed.disconnect(this.update, this);
    super.dispose();
  }

  protected render(): JSX.Element {
    return (
      <DeployForm
        draft={this._draft}
        onOpenRun={this._onOpenRun}
        trans={this._trans}
      />
    );
  }
}

const REJECT = 0;
const ACCEPT = 1;

export interface IAskOptions extends IDeployDraftOptions {
  openRun: (id: number) => void;
}

/** Stays open until the deployment is accepted or given up. */
class DeployDialog extends Dialog<void> {
  constructor({ trans, openRun, ...options }: IAskOptions) {
    const draft = new DeployDraft({ trans, ...options });
    const title = trans.__('Deploy “%1”', draft.notebook.split('/').pop());
    super({
      title,
      body: new DeployBody(draft, id => this._show(openRun, id), trans),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Check and deploy') })
      ],
      defaultButton: ACCEPT,
      // The dialog sets the focus late, when a person may have moved on.
      focusNodeSelector: ':focus'
    });
    this._draft = draft;
    this._cancel = trans.__('Cancel');
    this._close = trans.__('Close');
    this._draft.changed.connect(this._onChanged, this);
    this.addClass('jp-deploy-Dialog');
    this.node.setAttribute('aria-label', title);
    this._onChanged();
  }

  answer: IDeployAnswer | null = null;

  /** Enter belongs to a text of several lines, to what folds, what mends and a secret; elsewhere it deploys. */
  handleEvent(event: Event): void {
    const own =
      event instanceof KeyboardEvent &&
      event.key === 'Enter' &&
      event.target instanceof Element &&
      event.target.matches(
        'textarea, summary, .jp-deploy-Findings *, .jp-deploy-Secrets *'
      );
    if (!own) {
      super.handleEvent(event);
    }
  }

  launch(): Promise<Dialog.IResult<void>> {
    void this._draft.load();
    return super.launch();
  }

  resolve(index?: number): void {
    if (index === undefined || index === ACCEPT) {
      void this._submit(index);
    } else {
      super.resolve(index);
    }
  }

  dispose(): void {
    this._draft.dispose();
    super.dispose();
  }

  /** Deploy is no place to start at before the notebook is read. */
  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._button('reject')?.focus();
  }

  private async _submit(index: number | undefined): Promise<void> {
    const before = this._draft.existing?.version;
    const deployment = await this._draft.deploy();
    if (deployment) {
      this.answer = { deployment, news: deployment.version !== before };
      super.resolve(index);
    } else if (!this.node.contains(document.activeElement)) {
      // A disabled button loses the focus, and with it the dialog its keys.
      this._button('accept')?.focus();
    }
  }

  /** The run is behind the dialog. */
  private _show(openRun: (id: number) => void, id: number): void {
    super.resolve(REJECT);
    openRun(id);
  }

  /** Not before the notebook is read, and not twice. */
  private _onChanged(): void {
    const accept = this._button('accept');
    if (accept) {
      accept.disabled = this._draft.form === null || this._draft.busy;
    }
    const label = this._button('reject')?.querySelector(
      '.jp-Dialog-buttonLabel'
    );
    if (label) {
      label.textContent = this._draft.trial ? this._close : this._cancel;
    }
  }

  private _button(kind: 'accept' | 'reject'): HTMLButtonElement | null {
    return this.node.querySelector(`.jp-Dialog-footer .jp-mod-${kind}`);
  }

  private _draft: DeployDraft;
  private _cancel: string;
  private _close: string;
}

export interface IDeployAnswer {
  deployment: IDeployment;
  /** A new version; false when the same was live already. */
  news: boolean;
}

/** Ask how to deploy and do it; null when given up. */
export async function askHowToDeploy(
  options: IAskOptions
): Promise<IDeployAnswer | null> {
  const dialog = new DeployDialog(options);
  await dialog.launch();
  return dialog.answer;
}
