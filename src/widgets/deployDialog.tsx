import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IDeployment } from '../components/common';
import { DeployForm } from '../components/deploy/DeployForm';
import { DeployDraft } from '../components/deploy/draft';
import type { IDeployDraftOptions } from '../components/deploy/draft';

class DeployBody extends ReactWidget {
  constructor(
    private _draft: DeployDraft,
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
    return <DeployForm draft={this._draft} trans={this._trans} />;
  }
}

const ACCEPT = 1;
const NAME_INPUT = 'input[name="name"]';

/** Stays open until the deployment is accepted or given up. */
class DeployDialog extends Dialog<void> {
  constructor({ trans, ...options }: IDeployDraftOptions) {
    const draft = new DeployDraft({ trans, ...options });
    super({
      title: trans.__('Deploy “%1”', draft.notebook.split('/').pop()),
      body: new DeployBody(draft, trans),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Deploy') })
      ],
      defaultButton: ACCEPT,
      focusNodeSelector: NAME_INPUT
    });
    this._draft = draft;
    this._draft.changed.connect(this._onChanged, this);
    this.addClass('jp-deploy-Dialog');
    this._onChanged();
  }

  answer: IDeployAnswer | null = null;

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

  private async _submit(index: number | undefined): Promise<void> {
    const before = this._draft.existing?.version;
    const deployment = await this._draft.deploy();
    if (deployment) {
      this.answer = { deployment, news: deployment.version !== before };
      super.resolve(index);
    } else {
      requestAnimationFrame(() => this._showFirstError());
    }
  }

  private _showFirstError(): void {
    const wrong = this.node.querySelector<HTMLElement>('[aria-invalid="true"]');
    (wrong ?? this.node.querySelector('.jp-deploy-Error'))?.scrollIntoView({
      block: 'nearest'
    });
    wrong?.focus();
  }

  /** Not before the notebook is read, and not twice. */
  private _onChanged(): void {
    const accept = this.node.querySelector<HTMLButtonElement>(
      '.jp-Dialog-footer .jp-mod-accept'
    );
    const ready = this._draft.form !== null && !this._draft.busy;
    if (accept) {
      accept.disabled = !ready;
    }
    if (ready && !this._focused) {
      this._focused = true;
      requestAnimationFrame(() =>
        this.node.querySelector<HTMLElement>(NAME_INPUT)?.focus()
      );
    }
  }

  private _focused = false;
  private _draft: DeployDraft;
}

export interface IDeployAnswer {
  deployment: IDeployment;
  /** A new version; false when the same was live already. */
  news: boolean;
}

/** Ask how to deploy and do it; null when given up. */
export async function askHowToDeploy(
  options: IDeployDraftOptions
): Promise<IDeployAnswer | null> {
  const dialog = new DeployDialog(options);
  await dialog.launch();
  return dialog.answer;
}
