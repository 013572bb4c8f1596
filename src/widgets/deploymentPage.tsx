import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { DeployApi } from '../api/client';
import type { IDeployment, IRun } from '../components/common';
import { DeploymentView } from '../components/runs/DeploymentView';
import type { IDeploymentActions } from '../components/runs/DeploymentView';
import { runNowWithParameters } from '../components/runs/RunNowDialog';
import { RunsStore } from '../components/runs/store';
import type { IDeployModel } from '../tokens';
import { CommandIDs } from '../tokens';

export interface IDeploymentPageOptions {
  name: string;
  api: DeployApi;
  model: IDeployModel;
  commands: CommandRegistry;
  translator: ITranslator;
}

/** Holds the store and turns clicks into requests. */
class DeploymentPage extends ReactWidget implements IDeploymentActions {
  constructor(private _options: IDeploymentPageOptions) {
    super();
    const { name, api, model, translator } = _options;
    this.addClass('jp-deploy-DeploymentPage');
    this._trans = translator.load('jupyterlab_deploy');
    this._store = new RunsStore(name, api, () => this.isVisible);
    this._store.changed.connect(this.update, this);
    model.runChanged.connect(this._onHint, this);
    this._store.start();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.model.runChanged.disconnect(this._onHint, this);
    this._store.changed.disconnect(this.update, this);
    this._store.dispose();
    super.dispose();
  }

  runNow = (deployment: IDeployment): void => {
    const key = UUID.uuid4();
    const start = async (
      parameters: Record<string, unknown>
    ): Promise<void> => {
      const { api } = this._options;
      this._store.put(await api.startRun(deployment.name, parameters, key));
    };
    void this._act(async () => {
      if (deployment.parameter_schema.length > 0) {
        await runNowWithParameters(deployment, start, this._trans);
      } else {
        await start({});
      }
    });
  };

  setPaused = (deployment: IDeployment, paused: boolean): void => {
    void this._act(async () => {
      await this._options.api.setPaused(deployment.name, paused);
    });
  };

  openNotebook = (deployment: IDeployment): void => {
    void this._act(async () => {
      const { name } = deployment;
      await this._options.commands.execute(CommandIDs.openNotebook, { name });
    });
  };

  openRun = (run: Pick<IRun, 'id'>): void => {
    void this._act(async () => {
      await this._options.commands.execute(CommandIDs.openRun, { id: run.id });
    });
  };

  compare = (a: number, b: number): void => {
    void this._act(async () => {
      await this._options.commands.execute(CommandIDs.compare, { a, b });
    });
  };

  cancel = (run: IRun): void => {
    void this._act(() => this._store.cancel(run));
  };

  protected render(): JSX.Element {
    return (
      <DeploymentView
        store={this._store}
        api={this._options.api}
        actions={this}
        problem={this._problem}
        busy={this._busy}
        trans={this._trans}
      />
    );
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._store.hint();
  }

  /** One click at a time; what it met is shown above the list. */
  private async _act(action: () => Promise<void>): Promise<void> {
    this._busy = true;
    this._problem = null;
    this.update();
    try {
      await action();
    } catch (error) {
      this._problem = error;
    }
    this._busy = false;
    this._store.hint();
    this.update();
  }

  private _onHint(): void {
    this._store.hint();
  }

  private _busy = false;
  private _problem: unknown = null;
  private _store: RunsStore;
  private _trans: TranslationBundle;
}

/** The page of one deployment: how it is, its runs, its versions. */
export function createDeploymentPage(
  options: IDeploymentPageOptions
): MainAreaWidget {
  const content = new DeploymentPage(options);
  const widget = new MainAreaWidget({ content });
  widget.title.label = options.name;
  widget.title.closable = true;
  widget.toolbar.hide();
  return widget;
}
