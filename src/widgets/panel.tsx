import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import { PanelView } from '../components/panel/PanelView';
import type { IPanelActions } from '../components/panel/PanelView';
import type { IDeployModel, IDeploymentSummary } from '../tokens';
import { CommandIDs } from '../tokens';

export interface IPanelOptions {
  model: IDeployModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The deployments in the side area; the model is watched while they are seen. */
export class DeploymentsPanel extends ReactWidget implements IPanelActions {
  constructor(private _options: IPanelOptions) {
    super();
    this.addClass('jp-deploy-Panel');
    this._options.model.changed.connect(this.update, this);
  }

  dispose(): void {
    this._watch?.dispose();
    this._menu?.dispose();
    this._options.model.changed.disconnect(this.update, this);
    super.dispose();
  }

  open = (deployment: IDeploymentSummary): void => {
    const { name } = deployment;
    void this._options.commands.execute(CommandIDs.openDeployment, { name });
  };

  showMenu = (deployment: IDeploymentSummary, x: number, y: number): void => {
    this._menu?.dispose();
    this._menu = createRowMenu(this._options.commands, deployment);
    const before = document.activeElement;
    this._menu.aboutToClose.connect(() => {
      if (before instanceof HTMLElement) {
        before.focus();
      }
    });
    this._menu.open(x, y);
  };

  deploy = (): void => {
    void this._options.commands.execute(CommandIDs.deploy);
  };

  refresh = (): void => {
    void this._options.model.refresh();
  };

  /** From the command palette straight to the rows. */
  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    const target = '[role="grid"], button';
    // After the palette, which gives the focus back as it closes.
    requestAnimationFrame(() =>
      this.node.querySelector<HTMLElement>(target)?.focus()
    );
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._watch ??= this._options.model.watch();
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._watch?.dispose();
    this._watch = null;
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this._watch ??= this._options.model.watch();
    }
  }

  protected render(): JSX.Element {
    const { model, trans } = this._options;
    return (
      <PanelView
        state={model.state}
        error={model.error}
        deployments={model.deployments}
        engine={model.engine}
        actions={this}
        trans={trans}
      />
    );
  }

  private _watch: IDisposable | null = null;
  private _menu: Menu | null = null;
}

/** The menu of one row. */
function createRowMenu(
  commands: CommandRegistry,
  deployment: IDeploymentSummary
): Menu {
  const menu = new Menu({ commands });
  const args = { name: deployment.name };
  menu.addItem({ command: CommandIDs.runNow, args });
  menu.addItem({ command: CommandIDs.openDeployment, args });
  menu.addItem({ command: CommandIDs.openNotebook, args });
  if (deployment.schedule) {
    const command = deployment.paused ? CommandIDs.resume : CommandIDs.pause;
    menu.addItem({ command, args });
  }
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: CommandIDs.delete, args });
  return menu;
}
