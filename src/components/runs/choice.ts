import type { IRun } from '../common/types';
import { isOpen } from '../run/verdict';

/** Whether the run left results. */
export function isComparable(run: IRun): boolean {
  return !isOpen(run) && run.outputs.some(file => file.name === 'output.ipynb');
}

/** Choose a run or take it back; of two chosen ones a third replaces the older choice. */
export function choose(chosen: readonly number[], id: number): number[] {
  return chosen.includes(id)
    ? chosen.filter(other => other !== id)
    : [...chosen, id].slice(-2);
}
