import { endless, failing, quick } from '../support/notebooks';
import { expect, test } from '../support/test';

test('a failed run says where and why', async ({
  page,
  server,
  deployments
}) => {
  const { main, panel } = deployments;
  await server.deploy('fine', await server.write('fine.ipynb', quick));
  await server.deploy('prices', await server.write('prices.ipynb', failing));
  const id = await server.finish('prices', 'failed');

  await test.step('the panel shows it first', async () => {
    await deployments.openPanel();
    await expect(panel.getByRole('row').first()).toContainText('prices');
    await expect(panel.getByRole('row').first()).toContainText(
      'failed in cell 3'
    );
    await expect(
      panel.getByRole('row').first().getByRole('img', { name: 'Failed' })
    ).toBeVisible();
    await expect(panel.getByRole('row').last()).toContainText('never run yet');
  });

  await test.step('the run page has the sentence and the cell', async () => {
    await panel.getByRole('row').first().click();
    await main.getByRole('row', { name: `#${id}` }).click();
    await expect(main.getByRole('status')).toHaveText(
      /Failed in cell 3 after .*: KeyError: 'pear'/
    );
    await expect(main.getByText('prices["pear"]').first()).toBeInViewport();
    await expect(main.getByText('never reached')).toHaveCount(1);
    await expect(
      main.getByRole('button', { name: /Cell 3: failed after/ })
    ).toBeVisible();
  });

  await test.step('run again opens the next run', async () => {
    await main.getByRole('button', { name: 'Run again' }).click();
    await expect(main.getByText(`run ${id + 1} ·`)).toBeVisible();
    await expect(
      page.getByRole('tab', { name: `Run ${id + 1}` })
    ).toBeVisible();
  });
});

test('the page of a deployment lists, filters and follows runs', async ({
  server,
  deployments
}) => {
  const { main } = deployments;
  const rows = main.getByRole('grid', { name: 'Runs' }).getByRole('row');
  await server.deploy('followed', await server.write('followed.ipynb', quick));
  const done = await server.finish('followed', 'succeeded');
  await server.deploy(
    'followed',
    await server.write('followed.ipynb', endless)
  );
  await deployments.openDeployment('followed');

  await test.step('started here, it is followed', async () => {
    await expect(
      main.getByText('1 run', { exact: true }).first()
    ).toBeVisible();
    await main.getByRole('button', { name: 'Run now' }).click();
    await expect(rows.filter({ hasText: 'Running' })).toContainText(
      'cell 1 of 1'
    );
  });

  await test.step('filters find runs by state and text', async () => {
    await main.getByLabel('State').selectOption('Succeeded');
    await expect(rows.filter({ hasText: `#${done}` })).toBeVisible();
    await expect(rows.filter({ hasText: 'Running' })).toHaveCount(0);
    await main.getByLabel('State').selectOption('Every state');
    await main.getByLabel('Search runs').fill(`#${done}`);
    await expect(rows.filter({ hasText: 'Running' })).toHaveCount(0);
    await main.getByLabel('Search runs').fill('no such run');
    await expect(main.getByText('No run matches the filter.')).toBeVisible();
    await main.getByLabel('Search runs').fill('');
  });

  await test.step('cancelled from the list', async () => {
    await main.getByRole('button', { name: `Cancel run ${done + 1}` }).click();
    await expect(rows.filter({ hasText: 'Cancelled' })).toContainText(
      `#${done + 1}`
    );
  });

  await test.step('versions, newest first', async () => {
    await main.getByRole('tab', { name: 'Runs' }).press('ArrowLeft');
    const versions = main.getByRole('region', { name: 'Versions' });
    await expect(versions.getByRole('row').nth(1)).toContainText('Live');
    await expect(versions.getByRole('row').nth(1)).toContainText(
      'followed.ipynb'
    );
    await expect(versions.getByRole('row')).toHaveCount(3);
  });
});
