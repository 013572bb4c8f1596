import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { ApiError } from '../../api/client';
import type {
  DeployApi,
  IInspection,
  ISchedulePreview
} from '../../api/client';
import type { IDeploymentSummary } from '../../tokens';
import type { IDeployment, IRun } from '../common/types';
import type { ISecretStore } from './Secrets';
import {
  initialForm,
  patternsOf,
  readForm,
  scheduleOf,
  withNewParameters
} from './form';
import type { IDeployForm, IFieldErrors } from './form';
import { CAPTURED, fieldOf, FIELDS, sentence, touchesSchedule } from './fields';
import { fixed } from './fixes';
import type { IFinding, IProposal } from './fixes';
import type { IEdit } from './edits';
import { followTrial } from './trial';

/** Milliseconds of no typing before the server is asked. */
const PAUSE = 300;

export interface IDeployDraftOptions {
  api: DeployApi;
  /** Path below the server's root. */
  notebook: string;
  /** What is deployed already, by name. */
  deployments: () => readonly IDeploymentSummary[];
  timezone: string;
  /** Change the notebook and save it. */
  edit: (edits: readonly IEdit[]) => Promise<void>;
  trans: TranslationBundle;
}

/** A deployment in the making: the notebook as inspected, the form, what is wrong. */
export class DeployDraft implements IDisposable {
  constructor(private _options: IDeployDraftOptions) {
    this._previews = new Debouncer(() => this._readPreview(), PAUSE);
    this._files = new Debouncer(() => this._readFiles(), PAUSE);
  }

  get notebook(): string {
    return this._options.notebook;
  }

  /** null until the notebook was read. */
  get inspection(): IInspection | null {
    return this._inspection;
  }

  get form(): IDeployForm | null {
    return this._form;
  }

  get preview(): ISchedulePreview | null {
    return this._preview;
  }

  get errors(): IFieldErrors {
    return this._errors;
  }

  /** The secrets of this server, for as long as the draft lives. */
  readonly secrets: ISecretStore = {
    list: () => this._options.api.secrets(),
    keep: async (name, value) => {
      await this._options.api.setSecret(name, value);
    }
  };

  /** What is wrong but belongs to no field. */
  get problem(): unknown {
    return this._problem;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** The version that is being tried, and how far that has come. */
  get trial(): ITrial | null {
    return this._trial;
  }

  /** The version that was tried last and did not go live. */
  get rejected(): IDeployment | null {
    return this._rejected;
  }

  /** What the source told when it was deployed. */
  get foundBefore(): readonly IFinding[] {
    return this._foundBefore;
  }

  /** How often deploying was refused: each time the first error is to be shown. */
  get refusals(): number {
    return this._refusals;
  }

  /** How often the notebook was changed: each time a button has gone with its finding. */
  get edits(): number {
    return this._edits;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** The deployment that the name belongs to now. */
  get existing(): IDeploymentSummary | null {
    const name = this._form?.name.trim();
    const current = this._inspection?.current ?? null;
    if (current && current.name === name) {
      return current;
    }
    return this._options.deployments().find(item => item.name === name) ?? null;
  }

  dispose(): void {
    this._disposed = true;
    this._previews.dispose();
    this._files.dispose();
    Signal.clearData(this);
  }

  /** Read the notebook; nothing is stored. */
  async load(): Promise<void> {
    await this._work(async () => {
      const { api, notebook, timezone } = this._options;
      let inspection = await api.inspect(notebook);
      const current = inspection.current;
      const live = current ? await api.deployment(current.name) : null;
      const form = initialForm(inspection, live, timezone);
      if (form.files !== '' || form.secrets.length > 0) {
        inspection = await this._withFiles(inspection, form);
      }
      this._inspection = inspection;
      this._form = form;
      if (form.scheduled) {
        await this._readPreview();
      }
    });
  }

  /** The text of one parameter's field, of runs or of the sample. */
  changeText(
    parameter: string,
    text: string,
    of: 'texts' | 'sample' = 'texts'
  ): void {
    if (this._form) {
      const texts = { ...this._form[of], [parameter]: text };
      this._form = { ...this._form, [of]: texts };
      this._forget(
        of === 'texts'
          ? [`parameters.${parameter}`]
          : [`sample.${parameter}`, 'preflight']
      );
      this._emit();
    }
  }

  change(part: Partial<Omit<IDeployForm, 'texts' | 'sample'>>): void {
    if (!this._form) {
      return;
    }
    this._form = { ...this._form, ...part };
    this._forget(Object.keys(part).map(fieldOf));
    if (this._form.scheduled && touchesSchedule(part)) {
      void this._previews.invoke().catch(() => undefined);
    }
    if (CAPTURED.some(name => part[name] !== undefined)) {
      void this._files.invoke().catch(() => undefined);
    }
    this._emit();
  }

  /** Change the notebook as it is proposed, and put what belongs to it into the form. */
  async edit(proposal: IProposal): Promise<void> {
    if (!this._form || this._busy) {
      return;
    }
    await this._work(async () => {
      await this._options.edit(proposal.edits ?? []);
      if (this._form && this._inspection) {
        this._form = { ...this._form, ...fixed(this._form, proposal) };
        const found = await this._withFiles(this._inspection, this._form);
        this._inspection = found;
        this._form = withNewParameters(this._form, found);
      }
      this._edits += 1;
    });
  }

  /** Deploy what the form says and try it; null when something is wrong with it. */
  async deploy(): Promise<IDeployment | null> {
    if (!this._form || !this._inspection || this._busy) {
      return null;
    }
    const { request, errors } = readForm(
      this.notebook,
      this._form,
      this._inspection,
      liveVersion(this.existing),
      this._options.trans
    );
    if (Object.keys(errors).length > 0) {
      this._errors = { ...this._errors, ...errors };
      this._refusals += 1;
      this._emit();
      return null;
    }
    this._errors = {};
    this._rejected = null;
    this._foundBefore = this._inspection.findings;
    let deployed: IDeployment | null = null;
    await this._work(async () => {
      deployed = await this._tried(await this._options.api.deploy(request));
    });
    this._trial = null;
    if (!deployed) {
      this._refusals += 1;
      this._emit();
    }
    return deployed;
  }

  /** The version once it is live; null when it is not. */
  private async _tried(candidate: IDeployment): Promise<IDeployment | null> {
    if (candidate.state === 'live') {
      return candidate;
    }
    const show = (run: IRun | null): void => {
      this._trial = { candidate, run };
      this._emit();
    };
    show(null);
    const ended = await followTrial(
      this._options.api,
      candidate,
      show,
      () => !this._disposed
    );
    if (ended?.state === 'live') {
      return ended;
    }
    this._rejected = ended;
    return null;
  }

  private async _work(job: () => Promise<void>): Promise<void> {
    this._busy = true;
    this._problem = null;
    this._emit();
    try {
      await job();
    } catch (error) {
      this._refuse(error);
    }
    this._busy = false;
    this._emit();
  }

  /** To the field that it is about, if the form has that field. */
  private _refuse(error: unknown): void {
    const field = error instanceof ApiError ? error.field : null;
    const known = field && this._form && this._hasField(field);
    if (known && error instanceof ApiError) {
      const text = [error.detail, error.hint].filter(Boolean).join(' ');
      this._errors = { ...this._errors, [field]: text };
    } else {
      this._problem = error;
    }
  }

  private _hasField(field: string): boolean {
    const name = field.replace(/^parameters\./, '');
    return (
      FIELDS.includes(field) ||
      (name !== field && name in (this._form?.texts ?? {}))
    );
  }

  /** What was wrong with a field is history once the field has changed. */
  private _forget(fields: readonly string[]): void {
    const kept = Object.entries(this._errors).filter(
      ([field]) => !fields.includes(field)
    );
    this._errors = Object.fromEntries(kept);
    this._problem = null;
  }

  private async _readPreview(): Promise<void> {
    const schedule = this._form && scheduleOf(this._form);
    if (!schedule) {
      return;
    }
    const turn = ++this._turn;
    try {
      const preview = await this._options.api.previewSchedule(schedule);
      this._accept(turn, () => {
        this._preview = preview;
      });
    } catch (error) {
      this._accept(turn, () => {
        this._preview = null;
        this._refuse(error);
      });
    }
  }

  /** Only the answer to the newest question counts. */
  private _accept(turn: number, action: () => void): void {
    if (turn === this._turn && !this._disposed) {
      action();
      this._emit();
    }
  }

  private async _readFiles(): Promise<void> {
    const form = this._form;
    if (!form || !this._inspection) {
      return;
    }
    const inspection = await this._withFiles(this._inspection, form);
    if (
      CAPTURED.every(name => this._form?.[name] === form[name]) &&
      !this._disposed
    ) {
      this._inspection = inspection;
      this._emit();
    }
  }

  private async _withFiles(
    inspection: IInspection,
    form: IDeployForm
  ): Promise<IInspection> {
    const patterns = patternsOf(form.files);
    try {
      return await this._options.api.inspect(
        this.notebook,
        patterns,
        patternsOf(form.packages),
        form.secrets
      );
    } catch (error) {
      this._errors = { ...this._errors, files: sentence(error) };
      return { ...inspection, files: [] };
    }
  }

  private _emit(): void {
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private _inspection: IInspection | null = null;
  private _form: IDeployForm | null = null;
  private _preview: ISchedulePreview | null = null;
  private _errors: IFieldErrors = {};
  private _problem: unknown = null;
  private _busy = false;
  private _disposed = false;
  private _turn = 0;
  private _refusals = 0;
  private _edits = 0;
  private _trial: ITrial | null = null;
  private _rejected: IDeployment | null = null;
  private _foundBefore: readonly IFinding[] = [];
  private _previews: Debouncer;
  private _files: Debouncer;
  private _changed = new Signal<this, void>(this);
}

export interface ITrial {
  readonly candidate: IDeployment;
  /** null until it was asked for. */
  readonly run: IRun | null;
}

/** The number that somebody else may have changed meanwhile; 0 when none is live. */
function liveVersion(existing: IDeploymentSummary | null): number {
  return existing?.state === 'live' ? existing.version : 0;
}
