export * from './start-test-agent.ts';
