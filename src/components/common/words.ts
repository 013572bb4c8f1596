import type { TranslationBundle } from '@jupyterlab/translation';
import type { IRun, IVersion } from './types';

/** Who did it; the random names of a server without accounts tell nothing. */
export function personName(name: string | null): string {
  return name && !/^[0-9a-f]{32}$/.test(name) ? name : '';
}

export function triggerWord(
  trigger: IRun['trigger'],
  trans: TranslationBundle
): string {
  switch (trigger) {
    case 'manual':
      return trans.__('By hand');
    case 'schedule':
      return trans.__('Schedule');
    case 'retry':
      return trans.__('Retry');
    case 'preflight':
      return trans.__('Preflight');
  }
}

export function versionStateWord(
  state: IVersion['state'],
  trans: TranslationBundle
): string {
  switch (state) {
    case 'candidate':
      return trans.__('Being checked');
    case 'live':
      return trans.__('Live');
    case 'superseded':
      return trans.__('Replaced');
    case 'rejected':
      return trans.__('Rejected');
    case 'quarantined':
      return trans.__('Set aside');
  }
}
