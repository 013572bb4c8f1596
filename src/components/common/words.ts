import type { TranslationBundle } from '@jupyterlab/translation';
import type { IRun, IVersion } from './types';

export function triggerWord(
  trigger: IRun['trigger'],
  trans: TranslationBundle
): string {
  return trigger === 'manual' ? trans.__('By hand') : trans.__('Schedule');
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
