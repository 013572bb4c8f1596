import { expect, test as base } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { Server } from './server';

export { expect };

/** The extension's own places on the page. */
export class Deployments {
  constructor(readonly page: IJupyterLabPageFixture) {}

  get panel(): Locator {
    return this.page.getByRole('region', { name: 'Deployments', exact: true });
  }

  /** The dialog in front. */
  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** The page in front in the main area. */
  get main(): Locator {
    return this.page.locator(
      '#jp-main-dock-panel > .jp-MainAreaWidget:not(.lm-mod-hidden)'
    );
  }

  row(name: string): Locator {
    return this.panel.getByRole('row').filter({ hasText: name });
  }

  async openPanel(): Promise<void> {
    await this._execute('deploy:open-panel', {});
    await expect(this.panel).toBeVisible();
  }

  /** As a click on the row does. */
  async openDeployment(name: string): Promise<void> {
    await this._execute('deploy:open-deployment', { name });
    await expect(this.main.getByRole('heading', { name })).toBeVisible();
  }

  async openRun(id: number): Promise<void> {
    await this._execute('deploy:open-run', { id });
    await expect(this.main.getByText(`run ${id} ·`)).toBeVisible();
  }

  /** Open the row's menu and choose. */
  async choose(name: string, item: string): Promise<void> {
    await this.row(name).getByRole('button').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async press(button: string): Promise<void> {
    await this.dialog
      .getByRole('button', { name: button, exact: true })
      .click();
  }

  private async _execute(
    command: string,
    args: Record<string, string | number>
  ): Promise<void> {
    await this.page.evaluate(
      async ([id, given]) => {
        await window.jupyterapp.commands.execute(id, given);
      },
      [command, args] as const
    );
  }
}

interface IFixtures {
  /** Whether the deployments may stay, as nothing follows. */
  leaveBehind: boolean;
  server: Server;
  deployments: Deployments;
}

export const test = base.extend<IFixtures>({
  leaveBehind: [false, { option: true }],
  server: async ({ request, tmpPath, leaveBehind }, use) => {
    const server = new Server(request, tmpPath);
    await use(server);
    if (!leaveBehind) {
      await server.clear();
    }
  },
  deployments: async ({ page }, use) => {
    await use(new Deployments(page));
  }
});
