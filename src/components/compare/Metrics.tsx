import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Scrolled } from './Block';
import { formatChange, formatNumber, formatShare } from './numbers';
import { cellName } from './outline';
import type { IDiff, IMetricChange } from './types';
import { changeMark } from './walking';

function Row(props: {
  metric: IMetricChange;
  trans: TranslationBundle;
}): JSX.Element {
  const { metric, trans } = props;
  const numbers = [
    formatNumber(metric.old),
    formatNumber(metric.new),
    formatChange(metric.change),
    formatShare(metric.relative)
  ];
  return (
    <tr {...changeMark} data-kind={metric.kind}>
      <th scope="row">{metric.name}</th>
      {numbers.map((text, index) => (
        <td key={index} className="jp-deploy-Number">
          {text}
        </td>
      ))}
      <td className="jp-deploy-Muted">{cellName(metric, trans)}</td>
    </tr>
  );
}

/** Metrics with absolute and relative change. */
export function Metrics(props: {
  diff: IDiff;
  trans: TranslationBundle;
}): JSX.Element {
  const { diff, trans } = props;
  const heads = [
    trans.__('Old'),
    trans.__('New'),
    trans.__('Change'),
    trans.__('Relative')
  ];
  return (
    <Scrolled label={trans.__('Metrics')}>
      <table className="jp-deploy-Values">
        <thead>
          <tr>
            <th scope="col">{trans.__('Metric')}</th>
            {heads.map(head => (
              <th key={head} scope="col" className="jp-deploy-Number">
                {head}
              </th>
            ))}
            <th scope="col">{trans.__('Where')}</th>
          </tr>
        </thead>
        <tbody>
          {diff.metrics.map((metric, index) => (
            <Row key={index} metric={metric} trans={trans} />
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
