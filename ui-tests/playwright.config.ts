import { defineConfig } from '@playwright/test';
import { prepare, WORKERS } from './support/place';

/** One for each worker. */
export const servers = [...Array(WORKERS).keys()].map(worker => {
  const { address, environment } = prepare(worker);
  return {
    command: 'jupyter lab --config jupyter_server_test_config.py',
    url: `${address}/lab`,
    timeout: 120_000,
    env: environment,
    // The server starts kernels: give it the time to end them.
    gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 10_000 }
  };
});

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  globalTeardown: './support/teardown',
  reporter: [['list']],
  workers: WORKERS,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: prepare().address,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 15_000,
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    trace: 'off',
    video: 'off',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  webServer: servers
});
