import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import type { IDrift } from '../common';

export interface IDriftLineProps {
  name: string;
  /** The live version: another number means another comparison. */
  live: number;
  api: DeployApi;
  trans: TranslationBundle;
}

/** One sentence; none while kernel and production are the same. */
export function driftSentence(drift: IDrift, trans: TranslationBundle): string {
  const { state, differs, version } = drift;
  if (state !== 'differs') {
    return drift.reason ?? '';
  }
  const said = differs.length
    ? trans._n(
        '%1 package differs between your kernel now and production.',
        '%1 packages differ between your kernel now and production.',
        differs.length
      )
    : trans.__('The kernelspec has changed since version %1.', version);
  const meaning = drift.locked
    ? trans.__('Runs keep what version %1 was made with.', version)
    : trans.__('Runs use what the kernel has when they start.');
  return `${said} ${meaning}`;
}

function Packages({
  drift,
  trans
}: {
  drift: IDrift;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <table className="jp-deploy-Drift-packages">
      <thead>
        <tr>
          <th scope="col">{trans.__('Package')}</th>
          <th scope="col">{trans.__('Version %1', drift.version)}</th>
          <th scope="col">{trans.__('Kernel now')}</th>
        </tr>
      </thead>
      <tbody>
        {drift.differs.map(one => (
          <tr key={one.package}>
            <th scope="row">{one.package}</th>
            <td>{one.live ?? '–'}</td>
            <td>{one.kernel_now ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Whether the author's kernel still has what production has. */
export function DriftLine(props: IDriftLineProps): JSX.Element | null {
  const { api, name, live, trans } = props;
  const [drift, setDrift] = React.useState<IDrift | null>(null);
  React.useEffect(() => {
    let wanted = true;
    api.drift(name).then(
      found => wanted && setDrift(found),
      // The page is about production; without this line it is still right.
      () => wanted && setDrift(null)
    );
    return () => {
      wanted = false;
    };
  }, [api, name, live]);
  const sentence = drift && driftSentence(drift, trans);
  if (!sentence || drift.version !== live) {
    return null;
  }
  if (drift.differs.length === 0) {
    return <p className="jp-deploy-Drift jp-deploy-Muted">{sentence}</p>;
  }
  return (
    <details className="jp-deploy-Drift jp-deploy-Fold">
      <summary>{sentence}</summary>
      <Packages drift={drift} trans={trans} />
    </details>
  );
}
