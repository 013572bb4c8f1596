const preset = require('@jupyterlab/testutils/lib/jest-config');

// Packages that ship ES modules only.
const modules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft/',
  '@rjsf',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const base = preset(__dirname);

module.exports = {
  ...base,
  automock: false,
  reporters: ['default'],
  modulePathIgnorePatterns: ['<rootDir>/jupyter_deploy/', '<rootDir>/lib/'],
  testPathIgnorePatterns: ['/node_modules/', '/ui-tests/', '/lib/'],
  testRegex: 'src/.*/.*.spec.ts[x]?$',
  transformIgnorePatterns: [`/node_modules/(?!${modules}).+`]
};
