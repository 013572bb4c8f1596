import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IDeploymentSummary } from '../../tokens';
import { StateIcon, useNow } from '../common';
import { candidateWord, lastResult, nextFire } from './order';
import { Sparkline } from './Sparkline';

/** Pixels; style/panel.css says the same. */
export const ROW_HEIGHT = 52;

export interface IDeploymentRowProps {
  deployment: IDeploymentSummary;
  index: number;
  active: boolean;
  id: string;
  onOpen: (deployment: IDeploymentSummary) => void;
  /** `x` and `y` are where the menu belongs, in pixels of the page. */
  onMenu: (deployment: IDeploymentSummary, x: number, y: number) => void;
  trans: TranslationBundle;
}

/** One deployment: how it is, in two lines. */
export function DeploymentRow(props: IDeploymentRowProps): JSX.Element {
  const { deployment, trans } = props;
  const now = useNow(30_000);
  const last = deployment.last_run;
  return (
    <div
      id={props.id}
      role="row"
      aria-rowindex={props.index + 1}
      aria-selected={props.active}
      className={`jp-deploy-PanelRow${props.active ? ' jp-mod-active' : ''}`}
      title={deployment.candidate?.reason ?? last?.reason ?? undefined}
      onClick={() => props.onOpen(deployment)}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation();
        props.onMenu(deployment, event.clientX, event.clientY);
      }}
    >
      <span role="gridcell" className="jp-deploy-PanelRow-state">
        <StateIcon
          state={last?.state ?? null}
          verdict={last?.verdict}
          trans={trans}
          word={false}
        />
      </span>
      <span role="gridcell" className="jp-deploy-PanelRow-text">
        <span className="jp-deploy-PanelRow-line">
          <span className="jp-deploy-PanelRow-name">{deployment.name}</span>
          <span
            className="jp-deploy-PanelRow-next"
            title={trans.__('Next run')}
          >
            {nextFire(deployment, now, trans)}
          </span>
        </span>
        <span className="jp-deploy-PanelRow-line">
          <span className="jp-deploy-PanelRow-result">
            {candidateWord(deployment, trans) ?? lastResult(last, now, trans)}
          </span>
          <Sparkline runs={deployment.recent} trans={trans} />
        </span>
      </span>
      <span role="gridcell">
        <MenuButton {...props} />
      </span>
    </div>
  );
}

function MenuButton(props: IDeploymentRowProps): JSX.Element {
  const { deployment, trans } = props;
  return (
    <button
      type="button"
      className="jp-deploy-IconButton"
      aria-haspopup="menu"
      aria-label={trans.__('Actions of %1', deployment.name)}
      title={trans.__('Actions')}
      onClick={event => {
        event.stopPropagation();
        const box = event.currentTarget.getBoundingClientRect();
        props.onMenu(deployment, box.left, box.bottom);
      }}
    >
      <ellipsesIcon.react tag="span" elementSize="normal" />
    </button>
  );
}
