import { defaultPolicy, policySchema } from '@atelier/api';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { policySections, valueAt, withValueAt } from './policy-fields.ts';

const fields = policySections.flatMap((section) => section.fields);

interface Shape {
  readonly type?: string;
  readonly properties?: Record<string, Shape>;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}
const root = z.toJSONSchema(policySchema, { io: 'input' }) as Shape;
/** Sections are objects at the first level; their properties are the leaves that a form field stands for. */
const leaves = Object.entries(root.properties!).flatMap(([section, shape]): [string, Shape][] =>
  shape.type === 'object'
    ? Object.entries(shape.properties!).map(([name, leaf]) => [`${section}.${name}`, leaf])
    : [[section, shape]],
);

it('has exactly one form field for each field of the policy', () => {
  expect(fields.map((field) => field.path).sort()).toEqual(leaves.map(([path]) => path).sort());
});

it('offers the same choices and limits as the schema', () => {
  for (const field of fields) {
    const shape = leaves.find(([path]) => path === field.path)![1];
    if (field.kind === 'choice') expect([...field.options].sort()).toEqual([...shape.enum!].sort());
    if (field.kind === 'number') expect([field.min, field.max]).toEqual([shape.minimum, shape.maximum]);
    if (field.kind === 'switch') expect(shape.type).toBe('boolean');
  }
});

it('changes one leaf and leaves a policy that the schema takes', () => {
  const changed = withValueAt(defaultPolicy, 'vm.vcpus', 4);
  expect(valueAt(changed, 'vm.vcpus')).toBe(4);
  expect(defaultPolicy.vm.vcpus).toBe(1);
  expect(policySchema.parse(changed)).toEqual({ ...defaultPolicy, vm: { ...defaultPolicy.vm, vcpus: 4 } });
});
