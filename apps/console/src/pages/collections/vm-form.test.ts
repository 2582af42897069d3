import { contract } from '@atelier/api';
import { expect, it } from 'vitest';
import { isMade, readSpareLines, spareLines, usualVm } from './vm-form.ts';

it('reads ranges by line, and says which one is none', () => {
  const text = 'mon-fri 07:00-18:00 5\n\nsat,sun 10:00-12:00 1\n';
  const read = readSpareLines(text);
  expect(read.spares).toHaveLength(2);
  const vm = { ...usualVm, image: 'office', environments: ['here'], spares: read.spares };
  expect(spareLines(vm)).toBe('mon-fri 07:00-18:00 5\nsat,sun 10:00-12:00 1');
  expect(readSpareLines('mon-fri 07:00-18:00 5\n at night ').wrong).toBe('at night');
  expect(spareLines({})).toBe('');
});

it('begins with what the contract takes, once image and environment are chosen', () => {
  const body = { name: 'Pool', kind: 'pooled-vms', vm: { ...usualVm, image: 'office', environments: ['here'] } };
  expect(contract.collections.create.body.safeParse(body).error?.issues).toBeUndefined();
  const issues = contract.collections.create.body.safeParse({ ...body, vm: usualVm }).error?.issues;
  expect(issues?.map(({ path }) => path.join('.'))).toEqual(['vm.image', 'vm.environments']);
  expect(isMade({ plugInSetting: 1 })).toBe(false);
});
