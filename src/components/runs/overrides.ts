import type { TranslationBundle } from '@jupyterlab/translation';
import type { IParameter } from '../common/types';

export type ITexts = Readonly<Record<string, string>>;

export interface IOverrides {
  readonly values: Record<string, unknown>;
  /** Parameter → what is wrong with its text. */
  readonly errors: Record<string, string>;
}

/** The typed values of the fields that were filled; an empty field changes nothing. */
export function readOverrides(
  parameters: readonly IParameter[],
  texts: ITexts,
  trans: TranslationBundle
): IOverrides {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const parameter of parameters) {
    const text = texts[parameter.name] ?? '';
    if (text === '') {
      continue;
    }
    const { value, error } = parse(parameter.type, text, trans);
    if (error) {
      errors[parameter.name] = error;
    } else {
      values[parameter.name] = value;
    }
  }
  return { values, errors };
}

interface IParsed {
  value?: unknown;
  error?: string;
}

function parse(
  type: IParameter['type'],
  text: string,
  trans: TranslationBundle
): IParsed {
  switch (type) {
    case 'str':
      return { value: text };
    case 'bool':
      return { value: text === 'true' };
    case 'int':
      return /^\s*[-+]?\d+\s*$/.test(text)
        ? { value: Number(text) }
        : { error: trans.__('A whole number, for example 10.') };
    case 'float':
      return text.trim() !== '' && Number.isFinite(Number(text))
        ? { value: Number(text) }
        : { error: trans.__('A number, for example 0.5.') };
    case 'list':
    case 'dict':
      return parseJson(type, text, trans);
    case 'any':
      return parseAny(text);
  }
}

function parseJson(
  type: 'list' | 'dict',
  text: string,
  trans: TranslationBundle
): IParsed {
  const hint =
    type === 'list'
      ? trans.__('A list, for example [1, 2, 3].')
      : trans.__('Names and values, for example {"a": 1}.');
  try {
    const value: unknown = JSON.parse(text);
    const fits =
      type === 'list'
        ? Array.isArray(value)
        : typeof value === 'object' && value !== null && !Array.isArray(value);
    return fits ? { value } : { error: hint };
  } catch {
    return { error: hint };
  }
}

/** What is no JSON is meant as text. */
function parseAny(text: string): IParsed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { value: text };
  }
}
