import { nullTranslator } from '@jupyterlab/translation';
import type { IParameter } from '../../common/types';
import { readOverrides } from '../overrides';
import { problemField } from '../RunNowDialog';

const trans = nullTranslator.load('jupyterlab_deploy');

function read(type: IParameter['type'], text: string): unknown {
  const parameter: IParameter = {
    name: 'p',
    type,
    default: null,
    default_source: '',
    help: null
  };
  const { values, errors } = readOverrides([parameter], { p: text }, trans);
  return errors.p ? 'error' : 'p' in values ? values.p : 'unset';
}

describe('readOverrides', () => {
  it.each([
    ['int', '10', 10],
    ['int', ' -3 ', -3],
    ['int', '1.5', 'error'],
    ['int', 'ten', 'error'],
    ['float', '1e-3', 0.001],
    ['float', ' ', 'error'],
    ['float', 'Infinity', 'error'],
    ['bool', 'true', true],
    ['bool', 'false', false],
    ['str', '10', '10'],
    ['list', '[1, 2]', [1, 2]],
    ['list', '{"a": 1}', 'error'],
    ['dict', '{"a": 1}', { a: 1 }],
    ['dict', 'null', 'error'],
    ['dict', '[]', 'error'],
    ['any', '[1', '[1'],
    ['any', '3', 3]
  ] as const)('%s %p is %p', (type, text, value) => {
    expect(read(type, text)).toEqual(value);
  });

  it('leaves an empty field out', () => {
    expect(read('str', '')).toBe('unset');
    expect(read('bool', '')).toBe('unset');
  });
});

it('finds the field that the server complains of', () => {
  expect(problemField({ field: 'parameters.n_rows' })).toBe('n_rows');
  expect(problemField({ field: 'schedule.cron' })).toBeNull();
  expect(problemField(new Error('x'))).toBeNull();
});
