import { quick, report } from '../support/notebooks';
import { expect, test } from '../support/test';

test('a notebook is deployed on a schedule, run and watched', async ({
  page,
  server,
  deployments
}) => {
  const { dialog, main } = deployments;
  await page.notebook.openByPath(await server.write('sales.ipynb', report));

  await test.step('the dialog has a field for each parameter', async () => {
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
    await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue(
      'sales'
    );
    await expect(dialog.getByLabel('region str')).toHaveValue('eu');
    await expect(dialog.getByLabel('n_rows int')).toHaveValue('3');
    await expect(dialog.getByLabel('rate float')).toHaveValue('0.5');
    await expect(dialog.getByLabel('sample bool')).not.toBeChecked();
    await expect(dialog.getByLabel('markets list')).toHaveValue('["eu","us"]');
    await expect(dialog.getByText('which market')).toBeVisible();
  });

  await test.step('the schedule shows its next five times', async () => {
    await dialog.getByLabel('on a schedule').check();
    await dialog.getByLabel('How often').selectOption('Every week');
    await dialog.getByLabel('Weekday').selectOption('Tuesday');
    await dialog.getByLabel('At', { exact: true }).fill('05:30');
    await expect(dialog.getByLabel('Cron')).toHaveValue('30 5 * * tue');
    await expect(dialog.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
    const next = dialog.getByText(/^next: /);
    await expect(next).toHaveText(
      /^next: Tue, .* 05:30( · Tue, .*, 05:30){4}$/
    );
  });

  await test.step('it is live', async () => {
    await dialog.getByLabel('region str').fill('us');
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 1 of “sales” is live');
    await expect(dialog).toContainText('It runs next');
    await deployments.press('Run now');
  });

  await test.step('its run is watched to the end', async () => {
    const verdict = main.getByRole('status');
    await expect(verdict).toContainText('Running: cell');
    await expect(main.getByText('step 0')).toBeVisible();
    await expect(verdict).toContainText('Succeeded in');
    await expect(main.getByRole('cell', { name: 'us' })).toBeVisible();
    await expect(main.getByText('rows 3')).toBeVisible();
  });

  await test.step('beside it is what it ran with', async () => {
    const facts = main.locator('section');
    const parameters = facts.filter({ hasText: 'Parameters' }).first();
    await expect(parameters).toContainText('region');
    await expect(parameters).toContainText('us default "eu"');
    await expect(
      facts.filter({ has: page.getByRole('heading', { name: 'Environment' }) })
    ).toContainText('Python 3 (ipykernel)');
    await main.getByText(/^\d+ entries$/).click();
    await expect(main.getByRole('grid', { name: 'Log' })).toContainText(
      'Kernel ready'
    );
  });

  await test.step('the panel has it', async () => {
    await deployments.openPanel();
    await expect(deployments.row('sales')).toContainText(/ok today \d\d:\d\d/);
    await expect(deployments.row('sales')).toContainText('05:30');
  });
});

test('what is on the screen is what is deployed, and only once', async ({
  page,
  server,
  deployments
}) => {
  const { dialog } = deployments;
  const path = await server.write('daily.ipynb', quick);
  const deploy = page.getByRole('button', { name: 'Deploy', exact: true });
  await page.notebook.openByPath(path);

  await test.step('a change is saved first', async () => {
    await page.notebook.setCell(0, 'code', 'print("changed")');
    await deploy.click();
    await expect(dialog.getByText('a new deployment')).toBeVisible();
    expect((await server.read(path)).cells[0].source).toBe('print("changed")');
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 1 of “daily” is live');
    await expect(dialog).toContainText('It runs when you start it.');
    await deployments.press('Close');
  });

  await test.step('the same again makes no version', async () => {
    await deploy.click();
    await expect(dialog.getByText('replaces version 1 of daily')).toBeVisible();
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 1 of “daily” was live already');
    await deployments.press('Close');
  });

  await test.step('another schedule makes one', async () => {
    await deploy.click();
    await dialog.getByLabel('on a schedule').check();
    await expect(dialog.getByText(/^next: /)).toBeVisible();
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 2 of “daily” is live');
    await deployments.press('Open');
    const { main } = deployments;
    await main.getByRole('tab', { name: 'Versions' }).click();
    await expect(main.getByRole('row').nth(1)).toContainText('Live');
    await expect(main.getByRole('row').nth(2)).toContainText('Replaced');
  });
});
