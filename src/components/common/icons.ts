import { LabIcon } from '@jupyterlab/ui-components';

/** 16 px outlines on `currentColor`: the state's class gives the colour. */
function icon(name: string, body: string): LabIcon {
  const svgstr =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none" ' +
    'stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">' +
    `${body}</svg>`;
  return new LabIcon({ name: `jupyterlab_deploy:state-${name}`, svgstr });
}

const ring = '<circle cx="8" cy="8" r="6.2"/>';

export type IStateName =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'warning'
  | 'failed'
  | 'cancelled'
  | 'missed'
  | 'skipped'
  | 'none';

export const stateIcons: Readonly<Record<IStateName, LabIcon>> = {
  queued: icon('queued', `${ring}<path d="M8 4.6V8l2.3 1.6"/>`),
  running: icon('running', '<path d="M8 1.8A6.2 6.2 0 1 1 1.8 8"/>'),
  succeeded: icon('succeeded', `${ring}<path d="M5.2 8.3l2 2 3.7-4.2"/>`),
  warning: icon(
    'warning',
    '<path d="M8 2.2l6.3 11.3H1.7z"/><path d="M8 6.6v3M8 11.6v.1"/>'
  ),
  failed: icon(
    'failed',
    `${ring}<path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"/>`
  ),
  cancelled: icon('cancelled', `${ring}<path d="M6 6h4v4H6z"/>`),
  missed: icon('missed', `${ring}<path d="M8 4.7v4M8 11.2v.1"/>`),
  skipped: icon('skipped', '<path d="M3.5 4l4 4-4 4zM8.5 4l4 4-4 4z"/>'),
  none: icon('none', '<path d="M5 8h6"/>')
};
