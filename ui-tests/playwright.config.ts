import { defineConfig } from '@playwright/test';
import { prepare } from './support/place';

const place = prepare();

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  globalTeardown: './support/teardown',
  reporter: [['list']],
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: place.address,
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
  webServer: {
    command: 'jupyter lab --config jupyter_server_test_config.py',
    url: `${place.address}/lab`,
    timeout: 120_000,
    env: place.environment,
    // The server starts kernels: give it the time to end them.
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 }
  }
});
