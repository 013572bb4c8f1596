export * from './clock';
export * from './Duration';
export * from './ErrorNotice';
export * from './format';
export * from './icons';
export * from './RelativeTime';
export * from './StateIcon';
export * from './types';
