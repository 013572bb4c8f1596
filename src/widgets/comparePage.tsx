import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { DeployApi } from '../api/client';
import { CompareView } from '../components/compare/CompareView';
import type { ICompareActions } from '../components/compare/CompareView';
import { CompareSession } from '../components/compare/session';
import type { IPair } from '../components/compare/types';
import {
  changeBeside,
  changesIn,
  directionOf,
  reveal
} from '../components/compare/walking';
import { CommandIDs } from '../tokens';

export interface IComparePageOptions {
  pair: IPair;
  api: DeployApi;
  commands: CommandRegistry;
  translator: ITranslator;
}

/** Holds the difference, and walks from change to change. */
class ComparePage extends ReactWidget implements ICompareActions {
  constructor(private _options: IComparePageOptions) {
    super();
    const { pair, api, translator } = _options;
    this.addClass('jp-deploy-ComparePage');
    this._trans = translator.load('jupyterlab_deploy');
    this._session = new CompareSession(pair, api);
    this._session.changed.connect(this._onChanged, this);
    void this._session.load();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._session.changed.disconnect(this._onChanged, this);
    this._session.dispose();
    super.dispose();
  }

  /** The keys work wherever on the page the focus is. */
  handleEvent(event: Event): void {
    if (event.type === 'focusin') {
      this._onFocus(event.target as HTMLElement);
      return;
    }
    const direction = directionOf(event as KeyboardEvent);
    if (direction !== 0) {
      event.preventDefault();
      event.stopPropagation();
      this.step(direction);
    }
  }

  step = (direction: 1 | -1): void => {
    const next = changeBeside(this.node, this._place, direction);
    if (next) {
      reveal(next);
    }
  };

  openRun = (id: number): void => {
    void this._options.commands.execute(CommandIDs.openRun, { id });
  };

  protected render(): JSX.Element {
    return (
      <CompareView
        session={this._session}
        actions={this}
        at={this._at}
        trans={this._trans}
      />
    );
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.node.addEventListener('keydown', this);
    this.node.addEventListener('focusin', this);
  }

  protected onBeforeDetach(msg: Message): void {
    this.node.removeEventListener('keydown', this);
    this.node.removeEventListener('focusin', this);
    super.onBeforeDetach(msg);
  }

  /** The rail has the focus now and then; walking goes on where the reader was. */
  private _onFocus(target: HTMLElement): void {
    const place = target.closest<HTMLElement>('[data-change], h3');
    if (place) {
      this._place = place;
      this._at = changesIn(this.node).indexOf(place);
      this.update();
    }
  }

  /** Other changes: walking begins anew. */
  private _onChanged(): void {
    if (!this._session.loading) {
      this._place = null;
      this._at = -1;
    }
    this.update();
  }

  private _at = -1;
  private _place: Element | null = null;
  private _session: CompareSession;
  private _trans: TranslationBundle;
}

/** The page that compares the results of two runs. */
export function createComparePage(
  options: IComparePageOptions
): MainAreaWidget {
  const trans = options.translator.load('jupyterlab_deploy');
  const { a, b } = options.pair;
  const content = new ComparePage(options);
  const widget = new MainAreaWidget({ content });
  widget.title.label =
    a === null
      ? trans.__('Run %1 and last good', b)
      : trans.__('Runs %1 and %2', a, b);
  widget.title.closable = true;
  widget.toolbar.hide();
  return widget;
}
