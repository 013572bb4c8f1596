import type { Locator } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import { endless, quick, shows } from '../support/notebooks';
import type { Server } from '../support/server';
import { expect, test } from '../support/test';

const before = shows({
  auc: 0.91,
  rows: [
    ['eu', 120],
    ['us', 300],
    ['jp', 80]
  ],
  width: 60,
  says: 'the model is good'
});
const after = shows({
  auc: 0.85,
  rows: [
    ['eu', 150],
    ['us', 300],
    ['uk', 40]
  ],
  width: 140,
  says: 'the model is fair'
});

/** Two runs of the deployment, with other values each. */
async function twoRuns(server: Server, name: string): Promise<number[]> {
  const runs: number[] = [];
  for (const content of [before, after]) {
    await server.deploy(name, await server.write(`${name}.ipynb`, content));
    runs.push(await server.finish(name, 'succeeded'));
  }
  return runs;
}

test('two runs are compared, change by change', async ({
  page,
  server,
  deployments
}) => {
  test.slow(); // two deployments and their runs come first
  const { main } = deployments;
  const [a, b] = await twoRuns(server, 'compared');
  await server.deploy('compared', await server.write('compared.ipynb', before));
  const section = (name: string): Locator =>
    main.getByRole('region', { name, exact: true });

  await test.step('chosen in the list of runs', async () => {
    await deployments.openDeployment('compared');
    const runs = main.getByRole('grid', { name: 'Runs' });
    await expect(runs.getByText(`#${b}`)).toBeVisible();
    await runs.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect(
      main.getByText(`Run ${b} is chosen; choose another one to compare.`)
    ).toBeVisible();
    await main.getByLabel(`Compare run ${a}`).click();
    await main.getByRole('button', { name: 'Compare', exact: true }).click();
    await expect(main.getByRole('heading', { level: 2 })).toHaveText(
      'Results differ in 1 metric, 1 table, 1 plot and 1 text; 4 cells of code changed, packages, parameters and files are the same.'
    );
  });

  await test.step('each section shows its evidence', async () => {
    const metric = main.getByRole('row').filter({ hasText: 'auc' });
    await expect(metric).toContainText('0.91');
    await expect(metric).toContainText('−0.06');
    await expect(metric).toContainText('−6.59 %');
    const table = main.getByRole('article').filter({ hasText: 'table:' });
    await expect(table.getByTitle('+30 (+25 %)')).toHaveText(/120\s*150/);
    await expect(table).toContainText('+ 1 new row');
    await expect(table).toContainText('− 1 row no longer there');
    const text = main
      .getByRole('article')
      .filter({ hasText: 'printed, changed' });
    await expect(text.locator('del')).toContainText('the model is good');
    await expect(text.locator('ins mark')).toHaveText('fair');
    await expect(section('Possible causes')).toContainText(
      'print("auc:", 0.85)'
    );
    await main.getByText('3 unchanged cells').click();
    await expect(main.getByText('sum(range(10))')).toBeVisible();
  });

  await test.step('images side by side, swiped, subtracted', async () => {
    const plot = main.getByRole('article').filter({ hasText: '% alike' });
    const images = plot.getByRole('img');
    await expect(images).toHaveCount(2);
    const [old, now] = await images.all();
    for (const image of [old, now]) {
      await expect(image).toHaveJSProperty('naturalWidth', 200);
    }
    await plot.getByRole('radio', { name: 'Swipe' }).check();
    await plot.getByLabel('Share of the old image').fill('25');
    await expect(plot.locator('[style*=clip-path]')).toHaveCSS(
      'clip-path',
      'inset(0px 0px 0px 25%)'
    );
    await plot.getByRole('radio', { name: 'Difference' }).check();
    await expect(plot.getByText(/Black is the same/)).toBeVisible();
  });

  await test.step('n and p walk along', async () => {
    const status = main.getByText(/^(Change )?\d+ (of|changes)/);
    const current = main.locator('[data-change]:focus');
    await main.getByRole('button', { name: /^Metrics/ }).click();
    await page.keyboard.press('n');
    await expect(status).toHaveText(/^Change \d of 8$/);
    for (let step = 0; step < 9; step++) {
      await page.keyboard.press('p');
    }
    await expect(status).toHaveText('Change 1 of 8');
    await expect(current).toContainText('auc');
    await page.keyboard.press('n');
    await expect(current).toContainText('table:');
    await expect(current).toBeInViewport();
    await main.getByRole('button', { name: 'Next' }).click();
    await expect(current).toContainText('% alike');
    await expect(status).toHaveText('Change 3 of 8');
  });

  await test.step('what is hidden can be shown', async () => {
    await expect(
      main.getByText('1 difference hidden: addresses (1)')
    ).toBeVisible();
    await main.getByLabel('Show them').check();
    await expect(section('Hidden differences').first()).toContainText(
      '<object at 0x'
    );
  });

  await test.step('own rules hide more', async () => {
    await main.getByText('Hide more').click();
    await main.getByLabel('Ignore text like').fill('[');
    await main.getByRole('button', { name: 'Compare again' }).click();
    await expect(main.getByRole('alert')).toContainText(
      'a pattern to ignore cannot be read'
    );
    await main.getByLabel('Ignore text like').fill('good|fair');
    await main.getByLabel('Let numbers differ by').fill('auc');
    await expect(main.getByRole('alert')).toContainText('“auc” is not like');
    await main.getByLabel('Let numbers differ by').fill('auc = 0.1');
    await main.getByRole('button', { name: 'Compare again' }).click();
    await expect(main.getByRole('heading', { level: 2 })).toContainText(
      'Results differ in 1 table and 1 plot;'
    );
  });
});

test('the page is accessible and good to look at', async ({
  page,
  server,
  deployments
}) => {
  test.slow();
  const { main } = deployments;
  const [, b] = await twoRuns(server, 'looked-at');
  await deployments.openRun(b);
  await main.getByRole('button', { name: 'Compare with last good' }).click();
  await expect(main.getByText('against the last good run')).toBeVisible();
  await main.getByLabel('Show them').check();
  await expect(main.getByText('<object at 0x').first()).toBeVisible();
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await page.theme.setTheme(theme);
    for (const mode of ['Side by side', 'Swipe', 'Difference']) {
      await main.getByRole('radio', { name: mode }).check();
      await page.screenshot({
        path: test.info().outputPath(`${theme}-${mode}.png`)
      });
    }
    await expectAccessible(page, '.jp-deploy-ComparePage');
    await main.getByText('Hide more').click();
    await main.getByRole('button', { name: /^Possible causes/ }).click();
    await page.screenshot({ path: test.info().outputPath(`${theme}-end.png`) });
    await expectAccessible(page, '.jp-deploy-ComparePage');
    await main.getByText('Hide more').click();
  }
  await page.setViewportSize({ width: 900, height: 800 });
  await main.getByRole('button', { name: /^Metrics/ }).click();
  await page.screenshot({ path: test.info().outputPath('narrow.png') });
});

test('an address opens a comparison, and says what it cannot do', async ({
  context,
  server
}) => {
  await server.deploy('alone', await server.write('alone.ipynb', quick));
  const first = await server.finish('alone', 'succeeded');
  const page = await context.newPage();
  const pane = page.getByRole('tabpanel', { name: /^Run/ });

  await page.goto(`/lab?deploy-compare=${first}`);
  await expect(pane.getByRole('alert')).toContainText(
    `No run of 'alone' before run ${first} succeeded.`
  );
  await server.finish('alone', 'succeeded');
  await page.goto(`/lab?deploy-compare=${first}-${first + 1}`);
  const both = page.getByRole('tabpanel', {
    name: `Runs ${first} and ${first + 1}`
  });
  await expect(both.getByRole('heading', { level: 2 })).toContainText(
    'No difference in the results'
  );
  await expect(both.getByText('1 unchanged cell')).toBeVisible();
  await expect(page).not.toHaveURL(/deploy-compare/);

  await server.deploy('alone', await server.write('alone.ipynb', endless));
  const open = await server.run('alone');
  await server.waitFor(open, 'running');
  await page.goto(`/lab?deploy-compare=${first}-${open}`);
  await expect(pane.getByRole('alert')).toContainText('has not ended yet');
});
