import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface IPlace {
  /** The folder that holds everything of this test run. */
  readonly home: string;
  readonly address: string;
  readonly environment: Record<string, string>;
}

/** Tests delete what they find, so each worker has a server and an engine of its own. */
export const WORKERS = Number(process.env.BROWSER_WORKERS ?? 1);

/** Folder and port of a worker, here of this one: nothing of the user's Jupyter is touched. */
export function prepare(
  worker = Number(process.env.TEST_PARALLEL_INDEX ?? 0)
): IPlace {
  // Workers read the configuration anew, with the environment of the first.
  const home = (process.env[`DEPLOY_TEST_HOME_${worker}`] ??= newHome());
  const port = (process.env[`DEPLOY_TEST_PORT_${worker}`] ??= ownPort(worker));
  return {
    home,
    address: `http://127.0.0.1:${port}`,
    environment: {
      ...(process.env as Record<string, string>),
      TEST_PORT: port,
      TMPDIR: join(home, 'tmp'),
      IPYTHONDIR: join(home, 'ipython'),
      JUPYTER_CONFIG_DIR: join(home, 'config'),
      JUPYTER_DATA_DIR: join(home, 'data'),
      JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
      JUPYTERLAB_GALATA_ROOT_DIR: join(home, 'work')
    }
  };
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'deploy-ui-'));
  for (const name of ['config', 'data', 'runtime', 'tmp', 'work']) {
    mkdirSync(join(home, name));
  }
  // Most tests are about runs, also about failing ones.
  writeFileSync(
    join(home, 'config', 'jupyter_deploy_config.py'),
    "c.Deploy.preflight = 'none'\nc.Deploy.environment = 'live'\n"
  );
  return home;
}

function ownPort(worker: number): string {
  const first = process.env.TEST_PORT;
  return first ? String(Number(first) + worker) : freePort();
}

/** The configuration cannot wait for a promise, so another process asks. */
function freePort(): string {
  const script =
    "const s = require('node:net').createServer();" +
    "s.listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); });";
  return execFileSync(process.execPath, ['-e', script]).toString().trim();
}
