export * from './ask.ts';
export * from './change-config.ts';
export * from './sample-provider.ts';
export * from './start-test-agent.ts';
