import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../../api/schema';
import { formatValue } from '../common/format';
import type { IDeployment, IParameter } from '../common/types';
import { readOverrides } from '../runs/overrides';
import type { ITexts } from '../runs/overrides';
import { initialSample, readWish } from './sample';

type Schemas = components['schemas'];
export type IInspection = Schemas['Inspection'];
export type IDeployRequest = Schemas['DeployRequest'];
type ISchedule = Schemas['Schedule'];

interface IKept {
  readonly jitter: number;
  readonly policies: Schemas['Policies'] | null;
}

/** How a version is tried; a sample has parameters of its own. */
export type IMode = 'full' | 'sample' | 'imports' | 'none';

/** What a person has typed, as typed. */
export interface IDeployForm {
  readonly name: string;
  /** The name moves here from another notebook. */
  readonly replace: boolean;
  readonly scheduled: boolean;
  readonly cron: string;
  readonly timezone: string;
  readonly catchUp: NonNullable<ISchedule['catch_up']>;
  readonly overlap: NonNullable<ISchedule['overlap']>;
  /** How often it is tried again. */
  readonly retries: string;
  /** Lengths of time such as `2h`; empty for none. */
  readonly runLimit: string;
  readonly cellLimit: string;
  /** Names of the secrets that runs get. */
  readonly secrets: readonly string[];
  /** What the live version has and the form does not show. */
  readonly kept: IKept;
  /** Parameter → text of its field. */
  readonly texts: ITexts;
  /** What runs have for packages. */
  readonly runsIn: NonNullable<IDeployRequest['runs_in']>;
  /** Requirements beside what the kernel has, one on each line. */
  readonly packages: string;
  /** How it is tried before it goes live; null as is usual here. */
  readonly preflight: IMode | null;
  /** Parameter → text of its field in the sample, where it has been changed. */
  readonly sample: ITexts;
  /** Paths and patterns, one on each line. */
  readonly files: string;
}

/** Field, as the server names it → what is wrong. */
export type IFieldErrors = Readonly<Record<string, string>>;

/** The form for a notebook: its live version's settings, else the notebook's own. */
export function initialForm(
  inspection: IInspection,
  live: IDeployment | null,
  zone: string
): IDeployForm {
  const schedule = live?.schedule ?? null;
  const texts: Record<string, string> = {};
  for (const parameter of inspection.parameters) {
    texts[parameter.name] = initialText(parameter, live?.parameters ?? {});
  }
  return {
    name: inspection.name,
    replace: false,
    scheduled: schedule !== null,
    cron: schedule?.cron ?? '0 6 * * mon-fri',
    timezone: schedule?.timezone ?? zone,
    catchUp: schedule?.catch_up ?? 'latest',
    overlap: schedule?.overlap ?? 'skip',
    retries: String((live?.policies.retry.attempts ?? 1) - 1),
    runLimit: limitText(live?.policies.timeout.run ?? null),
    cellLimit: limitText(live?.policies.timeout.cell ?? null),
    secrets: live?.policies.secrets ?? [],
    kept: {
      jitter: schedule?.jitter ?? 0,
      policies: live?.policies ?? null
    },
    texts,
    runsIn: runsIn(inspection, live),
    packages: '',
    ...initialSample(live),
    files: live ? filesBeside(live).join('\n') : ''
  };
}

/** With fields for parameters that the notebook has got meanwhile. */
export function withNewParameters(
  form: IDeployForm,
  { parameters }: IInspection
): IDeployForm {
  const own = parameters.map(item => [item.name, defaultText(item)]);
  return { ...form, texts: { ...Object.fromEntries(own), ...form.texts } };
}

/** As it was; of a new one what is usual here. */
function runsIn(
  inspection: IInspection,
  live: IDeployment | null
): IDeployForm['runsIn'] {
  if (live) {
    return live.environment.locked ? 'locked' : 'live';
  }
  return inspection.packages === null ? 'live' : inspection.runs_in;
}

/** 7200 → "2h": the largest unit that fits without a rest. */
export function limitText(seconds: number | null): string {
  if (seconds === null) {
    return '';
  }
  const units: [number, string][] = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'm']
  ];
  const [size, unit] = units.find(([size]) => seconds % size === 0) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}

function initialText(
  parameter: IParameter,
  live: Readonly<Record<string, unknown>>
): string {
  if (parameter.name in live) {
    return formatValue(live[parameter.name]);
  }
  return defaultText(parameter);
}

/** An expression has no value before it runs: its field stays empty. */
export function defaultText(parameter: IParameter): string {
  return parameter.default === null ? '' : formatValue(parameter.default);
}

/** The captured files as the notebook's folder sees them. */
export function filesBeside(
  deployment: Pick<IDeployment, 'notebook' | 'files'>
): string[] {
  const folder = deployment.notebook.split('/').slice(0, -1);
  return deployment.files.map(file => {
    const parts = file.path.split('/');
    let common = 0;
    while (common < folder.length && parts[common] === folder[common]) {
      common += 1;
    }
    const up = folder.slice(common).map(() => '..');
    return [...up, ...parts.slice(common)].join('/');
  });
}

/** Where the notebook lies whose name this is, null when it is the same one. */
export function otherNotebook(
  existing: Pick<IDeployment, 'notebook' | 'origin'>,
  inspection: IInspection
): string | null {
  const [there, here] =
    existing.origin && inspection.origin
      ? [existing.origin, inspection.origin]
      : [existing.notebook, inspection.notebook];
  return there === here ? null : there;
}

export function patternsOf(files: string): string[] {
  return files
    .split(/[\n,]/)
    .map(line => line.trim())
    .filter(Boolean);
}

export interface IReadForm {
  readonly request: IDeployRequest;
  readonly errors: IFieldErrors;
}

/**
 * The request that the form stands for, and what is wrong with the form.
 *
 * `notebook` is the path below the server's root; the inspection's is the
 * path below the project's folder.
 */
export function readForm(
  notebook: string,
  form: IDeployForm,
  inspection: IInspection,
  expectedVersion: number,
  trans: TranslationBundle
): IReadForm {
  const { values, errors } = changedParameters(form, inspection, trans);
  const problems: Record<string, string> = { ...errors };
  if (form.name.trim() === '') {
    problems.name = trans.__('Give the deployment a name.');
  }
  if (form.scheduled && form.cron.trim() === '') {
    problems['schedule.cron'] = trans.__('Say when, for example 0 6 * * *.');
  }
  if (form.scheduled && form.timezone.trim() === '') {
    problems['schedule.timezone'] = trans.__(
      'Name a time zone, for example Europe/Berlin.'
    );
  }
  if (!/^[0-9]$/.test(form.retries.trim())) {
    problems['retry.attempts'] = trans.__('A whole number from 0 to 9.');
  }
  const { wish, errors: wrong } = readWish(form, inspection, trans);
  return {
    request: {
      name: form.name.trim(),
      notebook,
      files: patternsOf(form.files),
      runs_in: form.runsIn,
      packages: form.runsIn === 'locked' ? patternsOf(form.packages) : [],
      preflight: wish,
      parameters: values,
      schedule: scheduleOf(form),
      ...policiesOf(form),
      expected_version: expectedVersion,
      replace: form.replace
    },
    errors: { ...problems, ...wrong }
  };
}

export function scheduleOf(form: IDeployForm): ISchedule | null {
  if (!form.scheduled) {
    return null;
  }
  return {
    cron: form.cron.trim(),
    timezone: form.timezone.trim(),
    catch_up: form.catchUp,
    overlap: form.overlap,
    jitter: form.kept.jitter
  };
}

function policiesOf(
  form: IDeployForm
): Pick<
  IDeployRequest,
  'retry' | 'timeout' | 'max_running' | 'priority' | 'secrets'
> {
  const policies = form.kept.policies;
  return {
    // Members that are left out are as usual.
    retry: {
      ...policies?.retry,
      attempts: Number(form.retries) + 1
    } as Schemas['Retry'],
    timeout: {
      ...policies?.timeout,
      run: form.runLimit.trim() || null,
      cell: form.cellLimit.trim() || null
    },
    max_running: policies?.max_running ?? null,
    priority: policies?.priority ?? null,
    secrets: [...form.secrets]
  };
}

/** Only what differs from the notebook: its own defaults may change with it. */
function changedParameters(
  form: IDeployForm,
  inspection: IInspection,
  trans: TranslationBundle
): { values: Record<string, unknown>; errors: Record<string, string> } {
  const changed = inspection.parameters.filter(
    parameter => (form.texts[parameter.name] ?? '') !== defaultText(parameter)
  );
  const read = readOverrides(changed, form.texts, trans);
  const values = { ...read.values };
  for (const parameter of changed) {
    // Emptied text is a value of its own; an emptied number means the default.
    if (parameter.type === 'str' && form.texts[parameter.name] === '') {
      values[parameter.name] = '';
    }
  }
  const errors = Object.fromEntries(
    Object.entries(read.errors).map(([name, text]) => [
      `parameters.${name}`,
      text
    ])
  );
  return { values, errors };
}
