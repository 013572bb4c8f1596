import { patternsOf } from './form';
import type { IDeployForm, IInspection } from './form';

export type IFinding = IInspection['findings'][number];

/** What a click does: in the notebook, and in the form. */
export type IProposal = Pick<IFinding, 'edits' | 'action'>;

/** What the fix changes in the form; null when there is none, or nothing left to change. */
export function fixed(
  form: IDeployForm,
  { action }: Pick<IProposal, 'action'>
): Partial<IDeployForm> | null {
  const files = added(form.files, action?.files ?? []);
  const packages = added(form.packages, action?.packages ?? []);
  const secrets = (action?.secrets ?? []).filter(
    name => !form.secrets.includes(name)
  );
  const part: Partial<IDeployForm> = {
    ...(files !== null && { files }),
    ...(packages !== null && { packages, runsIn: 'locked' as const }),
    ...(secrets.length > 0 && { secrets: [...form.secrets, ...secrets] })
  };
  return Object.keys(part).length > 0 ? part : null;
}

/** The lines with these beside them; null when they are there. */
function added(lines: string, more: readonly string[]): string | null {
  const held = patternsOf(lines);
  const missing = more.filter(item => !held.includes(item));
  return missing.length === 0 ? null : [...held, ...missing].join('\n');
}

/**
 * What was found in a rejected version, as it is now.
 *
 * Changes of the notebook are made for it as it is now. What its source told `before` and tells
 * no more is mended; the rest is what its run has shown.
 */
export function stillFound(
  rejected: readonly IFinding[],
  now: readonly IFinding[],
  before: readonly IFinding[]
): IFinding[] {
  const told = new Set(rejected.map(item => item.message));
  const known = new Set([...now, ...before].map(item => item.message));
  return [
    ...now.filter(item => told.has(item.message)),
    ...rejected.filter(item => !known.has(item.message))
  ];
}
