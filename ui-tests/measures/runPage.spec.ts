import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const CELLS = 2000;
const ROUNDS = 5;

/** From the command until verdict, notebook and timeline are painted. */
test('run page of 2000 cells', async ({ page, server, deployments }) => {
  const cells = [...Array(CELLS).keys()].map(n => `print("step", ${n})`);
  const path = await server.write('long.ipynb', notebook(...cells));
  await server.deploy('long', path);
  const id = await server.finish('long', 'succeeded', 200_000);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(
      await page.evaluate(async run => {
        const frame = (): Promise<number> =>
          new Promise(resolve => requestAnimationFrame(resolve));
        const began = performance.now();
        await window.jupyterapp.commands.execute('deploy:open-run', {
          id: run
        });
        while (
          !document.querySelector('.jp-deploy-RunPage .jp-OutputArea-output')
        ) {
          await frame();
        }
        await frame();
        return performance.now() - began;
      }, id)
    );
    await expect(deployments.main.getByText('step 0')).toBeVisible();
    await page.evaluate(() => window.jupyterapp.shell.currentWidget?.dispose());
  }
  test.info().annotations.push({
    type: 'milliseconds',
    description: JSON.stringify(times.map(Math.round))
  });
});
