import { type CimInstance, dateTimeOf } from '@atelier/cim';
import type { FruInventory } from '@atelier/ipmi';
import type { CimSource } from '@atelier/plugin-kit';
import { readFru } from '../bmc/index.ts';
import type { Controller, ControllerPool } from './controller-pool.ts';
import { eachController, instanceOf } from './each-controller.ts';

/** The main part, which has no locator of its own. */
const mainPart = { fruId: 0, name: 'Main' };
const orNull = (text: string | undefined): string | null => text || null;

function partOf(controller: Controller, fruId: number, name: string, fru: FruInventory): CimInstance {
  const { board, product, chassis } = fru;
  return instanceOf('PhysicalPackage', {
    CreationClassName: 'PhysicalPackage',
    Tag: `${controller.name}/${fruId}`,
    SystemName: controller.name,
    ElementName: name,
    Caption: name,
    Manufacturer: orNull(product?.manufacturer || board?.manufacturer),
    Model: orNull(product?.name || board?.product),
    PartNumber: orNull(product?.partNumber || board?.partNumber || chassis?.partNumber),
    SerialNumber: orNull(product?.serialNumber || board?.serialNumber || chassis?.serialNumber),
    Version: orNull(product?.version),
    AssetTag: orNull(product?.assetTag),
    ManufactureDate: board?.madeAt ? dateTimeOf(new Date(board.madeAt)) : null,
  });
}

/** Parts that describe themselves: boards, power supplies, memory. */
export const partSource = (pool: ControllerPool): CimSource => ({
  list: (hint, context) =>
    eachController(pool, 'SystemName', hint, context, async function* (controller) {
      const { frus } = await pool.sensors(controller, context.signal);
      const located = frus.filter((one) => one.logical && one.fruId !== mainPart.fruId);
      for (const { fruId, name } of [mainPart, ...located]) {
        const fru = await pool.use(
          controller,
          (transport) => readFru(transport, fruId, context.signal),
          context.signal,
        );
        if (fru) yield partOf(controller, fruId, name, fru);
      }
    }),
});
