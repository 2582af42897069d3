import { expect, it } from 'vitest';
import { jobOn } from './job-on.ts';

it('knows the job that holds a target', () => {
  const id = '01K9ZQ5T8XJ4M6N7P8R9S0TVWX';
  const stateDetail = `job ${id} holds it; it was running`;
  expect(jobOn({ state: 'initializing', stateDetail })).toBe(id);
  expect(jobOn({ state: 'running', stateDetail })).toBeNull();
  expect(jobOn({ state: 'initializing', stateDetail: 'is being set up' })).toBeNull();
});
