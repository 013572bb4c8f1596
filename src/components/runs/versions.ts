import type { TranslationBundle } from '@jupyterlab/translation';
import type { IVersion, IVersionChange } from '../common/types';

export type IKind = IVersionChange['kind'];

export function kindWord(kind: IKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'code':
      return trans.__('code');
    case 'notebook':
      return trans.__('notebook');
    case 'kernel':
      return trans.__('kernel');
    case 'packages':
      return trans.__('packages');
    case 'lock':
      return trans.__('environment');
    case 'variables':
      return trans.__('environment variables');
    case 'files':
      return trans.__('files');
    case 'upstreams':
      return trans.__('reads from');
    case 'parameters':
      return trans.__('parameters');
    case 'schedule':
      return trans.__('schedule');
    case 'policies':
      return trans.__('retries and limits');
    case 'preflight':
      return trans.__('check');
    case 'outputs':
      return trans.__('outputs');
  }
}

/** What differs at a glance; the details are the server's to find. */
export function changedKinds(version: IVersion, before: IVersion): IKind[] {
  const sides: [IKind, (one: IVersion) => unknown][] = [
    ['code', one => one.notebook_digest],
    ['kernel', one => [one.kernel, one.environment.kernelspec]],
    ['packages', one => one.environment.digest],
    ['lock', one => one.environment.locked],
    ['variables', one => one.environment.variables],
    ['files', one => one.files],
    ['parameters', one => one.parameters],
    ['schedule', one => one.schedule],
    ['policies', one => one.policies],
    ['preflight', one => [one.preflight.mode, one.preflight.parameters]],
    ['outputs', one => one.outputs]
  ];
  return sides
    .filter(([, side]) => text(side(version)) !== text(side(before)))
    .map(([kind]) => kind);
}

/** Objects of the API come with their keys in any order. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort())
      : part
  );
}

/** Changes in their order, by kind. */
export function byKind(
  changes: readonly IVersionChange[]
): [IKind, IVersionChange[]][] {
  const found = new Map<IKind, IVersionChange[]>();
  for (const change of changes) {
    found.set(change.kind, [...(found.get(change.kind) ?? []), change]);
  }
  return [...found];
}

export function changeWord(
  change: IVersionChange['change'],
  trans: TranslationBundle
): string {
  switch (change) {
    case 'added':
      return trans.__('added');
    case 'removed':
      return trans.__('removed');
    case 'changed':
      return trans.__('changed');
  }
}
