import { run } from '../../run/__tests__/fixtures';
import { choose, isComparable } from '../choice';

const output = {
  name: 'output.ipynb',
  media_type: 'application/x-ipynb+json',
  size: 1,
  digest: ''
};

describe('choosing runs to compare', () => {
  it('takes two, and the newer choice of three', () => {
    expect(choose([], 7)).toEqual([7]);
    expect(choose([7], 5)).toEqual([7, 5]);
    expect(choose([7, 5], 9)).toEqual([5, 9]);
    expect(choose([7, 5], 7)).toEqual([5]);
  });

  it('takes those that left results', () => {
    expect(isComparable(run({ outputs: [output] }))).toBe(true);
    expect(isComparable(run())).toBe(false);
    expect(isComparable(run({ state: 'running', outputs: [output] }))).toBe(
      false
    );
  });
});
