import { LabIcon } from '@jupyterlab/ui-components';

/** A rocket: the sign of everything here. */
export const deployIcon = new LabIcon({
  name: 'jupyterlab_deploy:deploy',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M12 1.6c-3 2.3-4.9 5.6-4.9 9.5 0 .7.1 1.4.2 2.1L4.4 16v5.2l3.9-2.4h7.4l3.9 2.4V16l-2.9-2.8c.1-.7.2-1.4.2-2.1 0-3.9-1.9-7.2-4.9-9.5zm0 5.9a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM10.1 20l1.9 3.2 1.9-3.2z"/>' +
    '</svg>'
});
