import type { TranslationBundle } from '@jupyterlab/translation';
import { formatValue } from '../common/format';
import type { IDeployment } from '../common/types';
import { readOverrides } from '../runs/overrides';
import type {
  IDeployForm,
  IDeployRequest,
  IFieldErrors,
  IInspection
} from './form';

/** A sample is tried again with the same values; else as is usual. */
export function initialSample(
  live: IDeployment | null
): Pick<IDeployForm, 'preflight' | 'sample'> {
  if (live?.preflight.mode !== 'sample') {
    return { preflight: null, sample: {} };
  }
  const values = Object.entries(live.preflight.parameters);
  return {
    preflight: 'sample',
    sample: Object.fromEntries(
      values.map(([name, value]) => [name, formatValue(value)])
    )
  };
}

/** The text of a parameter's field in the sample: as the runs have it until it is changed. */
export function sampleText(form: IDeployForm, name: string): string {
  return form.sample[name] ?? form.texts[name] ?? '';
}

/** How the version is to be tried, and what is wrong with its sample. */
export function readWish(
  form: IDeployForm,
  { parameters }: IInspection,
  trans: TranslationBundle
): { wish: IDeployRequest['preflight']; errors: IFieldErrors } {
  if (form.preflight !== 'sample') {
    return { wish: form.preflight, errors: {} };
  }
  const changed = parameters.filter(
    ({ name }) => sampleText(form, name) !== (form.texts[name] ?? '')
  );
  const { values, errors } = readOverrides(changed, form.sample, trans);
  const wrong = Object.entries(errors).map(([name, text]) => [
    `sample.${name}`,
    text
  ]);
  if (changed.length === 0) {
    wrong.push([
      'preflight',
      trans.__('Give it a value that runs do not have.')
    ]);
  }
  return { wish: { sample: values }, errors: Object.fromEntries(wrong) };
}
