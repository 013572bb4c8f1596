import { MainAreaWidget } from '@jupyterlab/apputils';
import type {
  IEditorFactoryService,
  IEditorMimeTypeService
} from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { UUID } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';
import type { Menu } from '@lumino/widgets';
import * as React from 'react';
import type { DeployApi } from '../api/client';
import type { IOutputFile, IRun } from '../components/common';
import { NotebookView } from '../components/run/NotebookView';
import { RunHeader } from '../components/run/RunHeader';
import type { IRunActions } from '../components/run/RunHeader';
import { RunSession } from '../components/run/session';
import { SideColumn } from '../components/run/SideColumn';
import type { IDeployModel } from '../tokens';
import { CommandIDs } from '../tokens';
import { createDownloads } from './downloads';
import { showOutput } from './outputDialog';

export interface IRunPageOptions {
  id: number;
  api: DeployApi;
  model: IDeployModel;
  commands: CommandRegistry;
  rendermime: IRenderMimeRegistry;
  editorFactory: IEditorFactoryService;
  mimeTypeService: IEditorMimeTypeService;
  translator: ITranslator;
}

/** A React part of the page that is drawn again when told. */
class Part extends ReactWidget {
  constructor(
    name: string,
    private _draw: () => JSX.Element
  ) {
    super();
    this.addClass(name);
  }

  protected render(): JSX.Element {
    return this._draw();
  }
}

/** Header on top, notebook and side column beneath. */
class RunPage extends Panel implements IRunActions {
  constructor(private _options: IRunPageOptions) {
    super();
    const { id, api, model, translator } = _options;
    this.addClass('jp-deploy-RunPage');
    this._trans = translator.load('jupyterlab_deploy');
    this._session = new RunSession(id, api, () => this.isVisible);
    this._header = new Part('jp-deploy-RunHeader', () => this._drawHeader());
    this._side = new Part('jp-deploy-RunSide', () => this._drawSide());
    this._notebook = new NotebookView({ ..._options, trans: this._trans });
    this._notebook.node.setAttribute('role', 'region');
    this._notebook.node.setAttribute('aria-label', this._trans.__('Notebook'));
    this._notebook.node.tabIndex = 0;
    const body = new Panel();
    body.addClass('jp-deploy-RunBody');
    body.addWidget(this._notebook);
    body.addWidget(this._side);
    this.addWidget(this._header);
    this.addWidget(body);
    this._session.changed.connect(this._onChanged, this);
    model.runChanged.connect(this._onHint, this);
    this._session.start();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.model.runChanged.disconnect(this._onHint, this);
    this._session.changed.disconnect(this._onChanged, this);
    this._session.dispose();
    this._menu?.dispose();
    super.dispose();
  }

  cancel = (): void => {
    void this._act(() => this._session.cancel());
  };

  runAgain = (run: IRun): void => {
    const key = UUID.uuid4();
    void this._act(async () => {
      const { api, commands } = this._options;
      const next = await api.startRun(run.deployment, run.parameters, key);
      await commands.execute(CommandIDs.openRun, { id: next.id });
    });
  };

  openNotebook = (run: IRun): void => {
    void this._act(async () => {
      const name = run.deployment;
      await this._options.commands.execute(CommandIDs.openNotebook, { name });
    });
  };

  openDeployment = (run: IRun): void => {
    void this._act(async () => {
      const name = run.deployment;
      await this._options.commands.execute(CommandIDs.openDeployment, { name });
    });
  };

  compare = (run: IRun): void => {
    void this._act(async () => {
      const args = { a: null, b: run.id };
      await this._options.commands.execute(CommandIDs.compare, args);
    });
  };

  openDocument = (run: IRun): void => {
    void this._act(async () => {
      const args = { id: run.id };
      await this._options.commands.execute(CommandIDs.openDocument, args);
    });
  };

  openDraft = (run: IRun): void => {
    void this._act(async () => {
      const args = { id: run.id };
      await this._options.commands.execute(CommandIDs.openDraft, args);
    });
  };

  download = (run: IRun, button: HTMLElement): void => {
    const { api } = this._options;
    const act = (action: () => Promise<void>): void => void this._save(action);
    this._menu?.dispose();
    this._menu = createDownloads({ run, api, act, trans: this._trans });
    const { left, bottom } = button.getBoundingClientRect();
    this._menu.open(left, bottom);
  };

  viewOutput = (file: IOutputFile): void => {
    const { id: run, api } = this._options;
    void showOutput({ run, file, api, trans: this._trans });
  };

  showCell = (source: number): void => this._notebook.reveal(source);

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._session.hint();
  }

  private async _save(action: () => Promise<void>): Promise<void> {
    this._saving = true;
    await this._act(action);
    this._saving = false;
    this._header.update();
  }

  private async _act(action: () => Promise<void>): Promise<void> {
    this._busy = true;
    this._problem = null;
    this._header.update();
    try {
      await action();
    } catch (error) {
      this._problem = error;
    }
    this._busy = false;
    this._header.update();
  }

  private _onHint(): void {
    this._session.hint();
  }

  private _onChanged(): void {
    this._header.update();
    this._side.update();
    const { run, language, cells, ledger } = this._session;
    if (run && language) {
      this._notebook.showCells(cells, language);
      this._notebook.mark(ledger, run.state === 'failed' ? run.cell : null);
      this._revealFailure(run);
    }
  }

  /** Once, when the notebook is complete: afterwards the reader scrolls. */
  private _revealFailure(run: IRun): void {
    if (this._session.settled && !this._revealed) {
      this._revealed = true;
      if (run.state === 'failed' && run.cell !== null) {
        this._notebook.reveal(run.cell);
      }
    }
  }

  private _outputUrl = (file: string): string =>
    this._options.api.outputUrl(this._options.id, file);

  private _drawHeader(): JSX.Element {
    return (
      <RunHeader
        session={this._session}
        actions={this}
        problem={this._problem}
        busy={this._busy}
        saving={this._saving}
        trans={this._trans}
      />
    );
  }

  private _drawSide(): JSX.Element {
    return (
      <SideColumn
        session={this._session}
        api={this._options.api}
        outputUrl={this._outputUrl}
        onView={this.viewOutput}
        trans={this._trans}
      />
    );
  }

  private _busy = false;
  private _menu: Menu | null = null;
  private _saving = false;
  private _problem: unknown = null;
  private _revealed = false;
  private _session: RunSession;
  private _header: Part;
  private _side: Part;
  private _notebook: NotebookView;
  private _trans: TranslationBundle;
}

/** The page of one run: its verdict, its notebook as executed, its circumstances. */
export function createRunPage(options: IRunPageOptions): MainAreaWidget {
  const trans = options.translator.load('jupyterlab_deploy');
  const content = new RunPage(options);
  const widget = new MainAreaWidget({ content });
  widget.title.label = trans.__('Run %1', options.id);
  widget.title.closable = true;
  widget.toolbar.hide();
  return widget;
}
