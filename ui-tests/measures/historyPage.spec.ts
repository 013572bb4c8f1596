import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { notebook } from '../support/notebooks';
import { prepare } from '../support/place';
import { expect, test } from '../support/test';

const RUNS = 10_000;
const ROUNDS = 5;

/** From the click on the tab until matrix and charts are painted. */
test('history page of 10000 runs', async ({ page, server, deployments }) => {
  const cells = [...Array(20).keys()].map(n => `print("value ${n}:", ${n})`);
  const path = await server.write('old.ipynb', notebook(...cells));
  await server.deploy('old', path);
  const id = await server.finish('old', 'succeeded');
  const { home } = prepare();
  const database = join(home, 'data', 'deploy', 'deploy.db');
  const script = join(__dirname, 'past.py');
  execFileSync('python', [script, database, String(id), String(RUNS)]);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await deployments.openDeployment('old');
    const tab = deployments.main.getByRole('tab', { name: 'History' });
    times.push(
      await tab.evaluate(async node => {
        const frame = (): Promise<number> =>
          new Promise(resolve => requestAnimationFrame(resolve));
        const began = performance.now();
        (node as HTMLElement).click();
        while (
          document.querySelectorAll('.jp-deploy-Chart canvas').length < 3 ||
          !document.querySelector('.jp-deploy-MatrixRow')
        ) {
          await frame();
        }
        await frame();
        return performance.now() - began;
      })
    );
    await expect(deployments.main).toContainText(`${RUNS} runs`);
    await page.evaluate(() => window.jupyterapp.shell.currentWidget?.dispose());
  }
  test.info().annotations.push({
    type: 'milliseconds',
    description: JSON.stringify(times.map(Math.round))
  });
});
