import config, { servers } from './playwright.config';

/** `make bench`: how long pages take, told as annotations of the report. */
export default {
  ...config,
  testDir: 'measures',
  workers: 1,
  webServer: servers[0],
  timeout: 300_000,
  reporter: 'json'
};
